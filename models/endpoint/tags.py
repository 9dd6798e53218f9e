"""Tags of products by name: read as a set, found or made for a page of products at once."""

from odoo.fields import Command, Domain
from odoo.tools import SQL

from ...lib.endpoint import FieldInfo
from ...lib.tags import tag_key, tag_set

INFO = FieldInfo(
    "tags",
    "json",
    writable=True,
    sample='["Linen", "Summer"]',
    help="List of names, in no order of its own; a tag that is missing is made.",
)


def change_sources():
    """A tag that was renamed, or given to a product on the tag's own form."""
    return [
        SQL(
            "SELECT r.product_template_id, t.write_date"
            " FROM product_tag_product_template_rel r"
            " JOIN product_tag t ON t.id = r.product_tag_id"
        )
    ]


def names_of(row):
    return tag_set(sorted(tag.name or "" for tag in row.product_tag_ids))


class Tags:
    """The tags that a batch of products is given; `wanted` are the lists of their names.

    All are looked up in one query (a second one where spellings differ), and those that are missing
    are made in one create.
    """

    def __init__(self, env, wanted):
        names = {}
        for given in wanted:
            for name in tag_set(given or ()):
                names.setdefault(tag_key(name), name)
        self._ids = _known(env["product.tag"], names) if names else {}
        new = {key: name for key, name in names.items() if key not in self._ids}
        if new:
            made = env["product.tag"].create([{"name": name} for name in new.values()])
            self._ids.update(zip(new, made.ids, strict=True))

    def command(self, names):
        """What sets a product's tags to these."""
        return Command.set([self._ids[tag_key(name)] for name in tag_set(names or ())])


def _known(tags, names):
    """`tag_key` → id of the tags there are; those spelled alike first, else the oldest."""
    found = tags.search_fetch([("name", "in", list(names.values()))], ["name"], order="id")
    known = _first(found)
    other = [name for key, name in names.items() if key not in known]
    if other:
        # What is spelled in other letters. An «ilike» finds more: accents may play no part there.
        domain = Domain.OR([("name", "=ilike", _escaped(name))] for name in other)
        known = {**_first(tags.search_fetch(domain, ["name"], order="id")), **known}
    return known


def _first(tags):
    return {tag_key(tag.name): tag.id for tag in reversed(tags)}


def _escaped(name):
    for character in "\\%_":
        name = name.replace(character, f"\\{character}")
    return name
