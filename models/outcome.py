"""What became of records, in the words of the screens; the order is that of a run's sum."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

OUTCOME_LABELS = [
    ("created", "Created"),
    ("updated", "Updated"),
    ("unchanged", "Unchanged"),
    ("filtered", "Left out"),
    ("held", "To decide"),
    ("dead", "Not applied"),
    ("repeated", "Came twice"),
    ("deleted", "Deleted"),
]
#: The same of a plan, of which nothing is written yet.
OF_A_PLAN = {
    "created": _lt("To create"),
    "updated": _lt("To update"),
    "deleted": _lt("To delete"),
    "dead": _lt("Can't be applied"),
}
#: Of a take-back, by the verb with which Odoo takes such a record away.
TAKEN_AWAY = {"order": _lt("Order cancelled"), "category": _lt("Deleted")}
ARCHIVED = _lt("Archived")
#: Of an apply, what is not as its plan has it: the next run carries it, nobody decides.
NOT_AS_PLANNED = _lt("Moved")
#: Of a compare, which writes nothing.
OF_A_COMPARE = {"held": _lt("Differs"), "unchanged": _lt("Left as it is")}
