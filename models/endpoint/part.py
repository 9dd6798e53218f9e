"""What comes into being with a record, or shows it too: its parts under other entities."""

from dataclasses import dataclass, field

#: In `Part.links`: the record that the part belongs to.
OWNER = object()


@dataclass(frozen=True, slots=True)
class Part:
    """`id` of `entity`; compound ids begin with the part's own. `links`: field of the part → the id
    that stands in it. `is_fresh`: it matters only where the part itself is new."""

    entity: str
    id: str
    links: dict = field(default_factory=dict)
    is_fresh: bool = False
