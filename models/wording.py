"""What entities, fields and values are called on screens: words a person uses, never JSON."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime

from markupsafe import Markup

from odoo.tools import html2plaintext
from odoo.tools.translate import LazyTranslate

from ..lib.images import is_hash
from ..lib.platforms import platforms
from ..lib.values import is_unsettled, unstage
from .entity_models import ODOO_MODELS
from .field_labels import FIELD_LABELS
from .moments import day_text, moment_text

_lt = LazyTranslate(__name__)

ENTITY_LABELS = {
    "category": _lt("Category"),
    "product": _lt("Product"),
    "variant": _lt("Variant"),
    "company": _lt("Company"),
    "company_location": _lt("Company location"),
    "customer": _lt("Customer"),
    "address": _lt("Address"),
    "price": _lt("Price"),
    "market_price": _lt("Market price"),
    "stock": _lt("Stock"),
    "order": _lt("Order"),
    "order_line": _lt("Order line"),
    "order_refund": _lt("Refund"),
    "order_return": _lt("Return"),
    "location": _lt("Location"),
    "price_list": _lt("Price list"),
}
#: Characters of one value in a one-line summary, and fields named there before «…».
SHORT = 60
FIELDS_NAMED = 6

#: Parts of an address, in order; others stand behind the name.
PARTS = (
    "name",
    "first_name",
    "last_name",
    "company",
    "street",
    "street2",
    "zip",
    "city",
    "state_code",
    "country",
    "country_code",
    "phone",
    "email",
)

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
#: Tags of texts that are HTML; anything else between «<» and «>» somebody typed.
_MARKUP = re.compile(
    r"</?(?:a|b|blockquote|br|code|div|em|figure|font|h[1-6]|hr|i|iframe|img|li|ol|p|pre|s|section"
    r"|small|span|strong|style|su[bp]|table|tbody|td|th|thead|tr|u|ul|video)(?:[\s/][^<>]*)?>",
    re.IGNORECASE,
)
_INLINE = re.compile(r"</?(?:a|b|em|i|span|strong|u)(?:\s[^<>]*)?>", re.IGNORECASE)
_HEADING = re.compile(r"(</?)h[1-6]\b", re.IGNORECASE)
_GID = re.compile(r"gid://\w+/(\w+)/([\w-]+)(@.*)?")


def entities(model):
    """Selection of all entities, those of other addons' platforms included."""
    names = dict.fromkeys(ENTITY_LABELS)
    for platform in platforms():
        names.update(dict.fromkeys(platform.entities))
    return [(name, entity_label(model.env, name)) for name in names]


def entity_label(env, name):
    label = ENTITY_LABELS.get(name)
    return env._(label) if label else _words(name or "")


def odoo_model(env, entity, direction):
    """The model whose fields a mapping of this direction fills, None where they are a shop's."""
    return env.get(ODOO_MODELS.get(entity)) if direction == "import" else None


def field_label(env, name, model=None, called=()):
    """«lines[gid://shop/LineItem/7].unit_price» → «Lines 7: Unit price», or «Lines «Mug»: Unit
    price» where that is what the element is `called`; «title@fr» → «Title (fr)»; a field of `model`
    as Odoo calls it."""
    element, field = element_and_field(env, name, model, called)
    if not field:
        return element
    return told_of(env, element, field) if element else field


def element_and_field(env, name, model=None, called=()):
    """(label of the element of a list, label of its field); of any other field ("", its label)."""
    head, bracket, rest = name.partition("[")
    path, _at, language = head.partition("@")
    label = _path_label(env, path, model)
    if language:
        label = f"{label} ({language})"
    if not bracket:
        return "", label
    key, _bracket, tail = rest.rpartition("]")
    element = f"{label} «{called[key]}»" if key in called else f"{label} {short_id(key)}"
    if not tail:
        return element, ""
    parts = _parts_of(env, _field_of(model, path))
    return element, field_label(env, tail.lstrip("."), parts)


def _path_label(env, path, model):
    """«price» as `model` or the list of labels calls it; «price.amount»: each step of it."""
    name, dot, rest = path.partition(".")
    field = _field_of(model, name)
    label = field._description_string(env) if field else _name_label(env, name)
    if not dot:
        return label
    return told_of(env, label, _path_label(env, rest, _parts_of(env, field)))


def _field_of(model, name):
    return model._fields.get(name) if model is not None else None


def _parts_of(env, field):
    return env[field.comodel_name] if field and field.relational else None


def _name_label(env, name):
    key = _snake(name)
    known = FIELD_LABELS.get(key.removesuffix("_id"))
    return env._(known) if known else _words(name)


def told_of(env, name, text):
    """«Name: text», with the mark as it is set in the user's language."""
    return env._("%(name)s: %(text)s", name=name, text=text)


def short_id(text):
    """The telling end of a long id: «gid://shop/Product/7» → «7»."""
    return (text or "").rstrip("/").rpartition("/")[2]


def value_text(value, env=None):
    """A frozen value as one text: empty ones as «—», parts of addresses with commas. With `env`
    times, ids and images are told as its user reads them."""
    if is_unsettled(value):
        return "?"
    if value is None or value == "" or value == []:
        return "—"
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, Mapping):
        if "apart" in value:  # a list of images that was left as it is
            return value_text(value["apart"], env)
        if value.get("name") and isinstance(value.get("values"), (list, tuple)):  # an option
            return f"{value['name']}: {', '.join(map(value_text, value['values']))}"
        told = [value_text(value[k], env) for k in _as_written(value) if not _is_blank(value[k])]
        return ", ".join(told) or "—"
    if isinstance(value, (list, tuple)):
        return "; ".join(value_text(item, env) for item in value)
    return str(value) if env is None else _readable(env, str(value))


def _as_written(value):
    """The names of its parts: the name first, those of an address as people write them."""
    return sorted(value, key=lambda name: PARTS.index(name) if name in PARTS else 0.5)


def _is_blank(value):
    return value is None or value in ("", [])


def _readable(env, text):
    if _MOMENT.fullmatch(text):
        return moment_text(env, datetime.fromisoformat(text))
    if _DAY.fullmatch(text):
        try:
            return day_text(env, date.fromisoformat(text))
        except ValueError:
            return text
    if found := _GID.fullmatch(text):
        return f"{_name_label(env, found[1])} {found[2]}"
    return env._("image") if is_hash(text) else text


def short_value(value, env=None):
    """`value_text` without markup, for a list's cell."""
    text = value_text(value, env)
    if _MARKUP.search(text):
        text = _plain(text) or "—"
    return text if len(text) <= SHORT else f"{text[: SHORT - 1].rstrip()}…"


def _plain(markup):
    """Its words on one line: no stars for what is bold, no list of its links."""
    inside = _HEADING.sub(r"\1p", _INLINE.sub("", markup))
    return " ".join(html2plaintext(inside, include_references=False).split())


def value_cell(value, env):
    """`value_text` for a table's cell: markup is told as its text, cut short, and opens to how it
    is written. An image that Odoo holds is shown, as a link to it."""
    text = value_text(value, env)
    if address := getattr(value, "address", None):
        return Markup(
            '<a href="%s" target="_blank"><img src="%s" alt="%s" loading="lazy"'
            ' class="o_gateway_picture"/></a> %s'
        ) % (address, address, text, text)
    if not _MARKUP.search(text):
        return text
    return Markup(
        '<details class="o_gateway_markup"><summary>%s</summary>'
        '<code class="text-break">%s</code></details>'
    ) % (short_value(value, env), text)


def summary(env, field_changes, named, model=None, called=(), mark="→"):
    """«Name: Mug → Cup · Price: 4 → 5» of field → [old, new]; what was empty has no arrow.
    `named` gives a value of a field with names in place of ids; `model`: whose fields they are;
    `called`: what elements of their lists are called; `mark` stands between the two values."""
    parts = []
    changed = [(name, pair) for name, pair in (field_changes or {}).items() if pair[0] != pair[1]]
    for name, (old, new) in changed[:FIELDS_NAMED]:
        pair = differing(old, new) if "@" in name else (old, new)
        before, after = (short_value(named(name, one), env) for one in pair)
        if before == after == "—":
            continue
        arrow = f"{before} {mark} " if before != "—" or mark == "≠" else ""
        parts.append(told_of(env, field_label(env, name, model, called), f"{arrow}{after}"))
    more = len(changed) > FIELDS_NAMED
    return " · ".join([*parts, "…"] if more else parts)


def differing(old, new):
    """Of texts by their names those that differ; any other values as they are."""
    if not isinstance(old or {}, Mapping) or not isinstance(new or {}, Mapping):
        return old, new
    was, now = old or {}, new or {}
    names = [name for name in {**was, **now} if was.get(name) != now.get(name)]
    return tuple({name: one[name] for name in names if name in one} for one in (was, now))


def pretty_json(staged):
    """Indented JSON of a staged value, False where there is none; text that is no JSON as it is."""
    if not staged:
        return False
    try:
        return json.dumps(unstage(staged), indent=2, ensure_ascii=False, default=str)
    except ValueError:
        return staged


def table(headers, rows):
    """An HTML table; every cell is escaped that is not markup already. Numbers stand at the right,
    and so do the headers of columns that hold nothing else."""
    head = Markup().join(
        Markup('<th class="text-end text-nowrap">%s</th>') % text
        if rows and all(_is_number(row[place]) for row in rows)
        else Markup("<th>%s</th>") % text
        for place, text in enumerate(headers)
    )
    body = Markup().join(Markup("<tr>%s</tr>") % Markup().join(map(_cell, row)) for row in rows)
    return Markup(
        '<table class="table table-sm o_gateway_values"><thead><tr>%s</tr></thead>'
        "<tbody>%s</tbody></table>"
    ) % (head, body)


def record_link(record, name=None):
    """The record's name, which opens it."""
    link = Markup('<a href="/odoo/%s/%s">%s</a>')
    return link % (record._name, record.id, name or record.display_name)


def _cell(content):
    place = "text-end" if _is_number(content) else "text-break"
    return Markup('<td class="%s">%s</td>') % (place, content)


def _is_number(content):
    return isinstance(content, int) and not isinstance(content, bool)


def _words(name):
    """«unit_price», «unitPrice» → «Unit price»; «product_id», «productId» → «Product»."""
    spaced = _snake(name).replace("_", " ")
    spaced = spaced.removesuffix(" id") or spaced
    return spaced.strip().replace(".", " ").capitalize()


def _snake(name):
    """«unitPrice», «UnitPrice» → «unit_price»."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
