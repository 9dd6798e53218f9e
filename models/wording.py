"""What entities, fields and values are called on screens: words a person uses, never JSON."""

import json
from collections.abc import Mapping

from markupsafe import Markup

from odoo.tools import html2plaintext
from odoo.tools.translate import LazyTranslate

from ..lib.platforms import platforms
from ..lib.values import is_unsettled, unstage

_lt = LazyTranslate(__name__)

ENTITY_LABELS = {
    "category": _lt("Category"),
    "product": _lt("Product"),
    "variant": _lt("Variant"),
    "customer": _lt("Customer"),
    "address": _lt("Address"),
    "price": _lt("Price"),
    "stock": _lt("Stock"),
    "order": _lt("Order"),
    "order_line": _lt("Order line"),
    "order_refund": _lt("Refund"),
    "location": _lt("Location"),
}
#: Characters of one value in a one-line summary, and fields named there before «…».
SHORT = 60
FIELDS_NAMED = 6


def entities(model):
    """Selection of all entities, those of other addons' platforms included."""
    names = dict.fromkeys(ENTITY_LABELS)
    for platform in platforms():
        names.update(dict.fromkeys(platform.entities))
    return [(name, entity_label(model.env, name)) for name in names]


def entity_label(env, name):
    label = ENTITY_LABELS.get(name)
    return env._(label) if label else _words(name or "")


def field_label(name):
    """«lines[gid://shop/LineItem/7].unit_price» → «Lines 7: Unit price»."""
    head, bracket, rest = name.partition("[")
    if not bracket:
        return _words(name)
    key, _bracket, tail = rest.rpartition("]")
    element = f"{_words(head)} {short_id(key)}"
    return f"{element}: {_words(tail.lstrip('.'))}" if tail else element


def short_id(text):
    """The telling end of a long id: «gid://shop/Product/7» → «7»."""
    return (text or "").rstrip("/").rpartition("/")[2]


def value_text(value):
    """A frozen value as one text: empty ones as «—», parts of addresses with commas."""
    if is_unsettled(value):
        return "?"
    if value is None or value == "" or value == []:
        return "—"
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, Mapping):
        return ", ".join(value_text(v) for v in value.values() if v not in (None, "", [])) or "—"
    if isinstance(value, (list, tuple)):
        return "; ".join(value_text(item) for item in value)
    return str(value)


def short_value(value):
    """`value_text` without markup, for a list's cell."""
    text = value_text(value)
    if "<" in text:
        text = " ".join(html2plaintext(text).split()) or "—"
    return text if len(text) <= SHORT else f"{text[: SHORT - 1].rstrip()}…"


def summary(field_changes, named=lambda _name, value: value):
    """«Name: Mug → Cup · Price: 4 → 5» of field → [old, new]; what was empty has no arrow.
    `named` gives a value of a field with names in place of ids."""
    parts = []
    for name, (old, new) in list((field_changes or {}).items())[:FIELDS_NAMED]:
        before, after = short_value(named(name, old)), short_value(named(name, new))
        if before == after == "—":
            continue
        arrow = f"{before} → " if before != "—" else ""
        parts.append(f"{field_label(name)}: {arrow}{after}")
    more = len(field_changes or {}) > FIELDS_NAMED
    return " · ".join([*parts, "…"] if more else parts)


def pretty_json(staged):
    """Indented JSON of a staged value, False where there is none; text that is no JSON as it is."""
    if not staged:
        return False
    try:
        return json.dumps(unstage(staged), indent=2, ensure_ascii=False, default=str)
    except ValueError:
        return staged


def table(headers, rows):
    """An HTML table; every cell is escaped."""
    head = Markup().join(Markup("<th>%s</th>") % text for text in headers)
    body = Markup().join(
        Markup("<tr>%s</tr>")
        % Markup().join(Markup('<td class="text-break">%s</td>') % text for text in row)
        for row in rows
    )
    return Markup(
        '<table class="table table-sm o_gateway_values"><thead><tr>%s</tr></thead>'
        "<tbody>%s</tbody></table>"
    ) % (head, body)


def _words(name):
    """«unit_price», «unitPrice» → «Unit price»; «product_id», «productId» → «Product»."""
    spaced = "".join(f" {c.lower()}" if c.isupper() else c for c in name).replace("_", " ")
    spaced = spaced.removesuffix(" id") or spaced
    return spaced.strip().replace(".", " ").capitalize()
