"""Odoo field values as the contract's values, and back: Decimal, aware times, ids as text."""

from datetime import datetime, timezone
from decimal import Decimal

from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS

#: Models no mapping may read or write, nor reach through a relation, whatever the integration user
#: may do; with all models whose names go on after a dot.
FORBIDDEN_MODELS = (
    "auth",
    "base",
    "bus",
    "discuss",
    "fetchmail",
    "gateway",
    "iap",
    "ir",
    "mail",
    "payment",
    "queue",
    "res.config",
    "res.device",
    "res.groups",
    "res.partner.bank",
    "res.users",
)
#: Models that mappings may look at and never write: a record's company is the connector's.
READ_ONLY_MODELS = ("res.company",)

#: Odoo field type → the mapping type of its values.
MAPPING_TYPES = {
    "char": "char",
    "text": "text",
    "html": "html",
    "integer": "integer",
    "float": "decimal",
    "monetary": "monetary",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
    "selection": "selection",
    "many2one": "reference",
    "many2many": "list",
    "one2many": "list",
}


def is_forbidden(model, names=FORBIDDEN_MODELS):
    return any(model == name or model.startswith(f"{name}.") for name in names)


def forbidden_model(field):
    """The model that a relation leads to and no mapping may touch, None for every other field."""
    return field.comodel_name if field.relational and is_forbidden(field.comodel_name) else None


def is_translated(field):
    """Whether it is stored with a text for each language."""
    return bool(field.store and field.translate)


def is_writable(records, field):
    """Whether a mapping may set this field at all (access rights come on top).

    A related field writes into the records it goes through, so they count as well.
    """
    if field.type not in MAPPING_TYPES or field.name in ("id", *MAGIC_COLUMNS):
        return False
    if not (field.store or field.inverse) or field.readonly:
        return False
    if not records._has_field_access(field, "write"):
        return False
    models = [field.comodel_name] if field.relational else []
    there = records
    for name in (field.related or "").split(".")[:-1]:
        there = there[name]
        models.append(there._name)
    return not any(is_forbidden(model, FORBIDDEN_MODELS + READ_ONLY_MODELS) for model in models)


def to_decimal(number, digits=None):
    """A stored float as Decimal: rounded to the field's digits, else its shortest exact text."""
    value = Decimal(repr(number or 0.0))
    if digits:
        return value.quantize(Decimal(1).scaleb(-digits[1]))
    return value


def digits_of(env, field):
    """(precision, scale) of a float field, None where Odoo keeps it unrounded."""
    if field.type == "float":
        return field.get_digits(env)
    return None


def aware(moment):
    return moment.replace(tzinfo=timezone.utc) if moment else None


def read_value(record, field):
    """The contract's value of one field of one record; an empty one is None."""
    value = record[field.name]
    if field.type == "boolean":
        return bool(value)
    if field.type == "integer":
        return value or 0
    if field.type == "float":
        return to_decimal(value, digits_of(record.env, field))
    if field.type == "monetary":
        return to_decimal(value)
    if field.type == "datetime":
        return aware(value)
    if field.type == "many2one":
        return str(value.id) if value else None
    if field.type in ("many2many", "one2many"):
        return [str(id_) for id_ in value.ids]
    return str(value) if value not in (False, None, "") else None


def write_value(field, value):
    """The value Odoo's ORM takes for a contract value; None empties the field."""
    if value is None:
        return False
    if field.type in ("float", "monetary"):
        return float(value)
    if field.type == "many2one":
        return int(value)
    if field.type == "datetime" and isinstance(value, datetime):
        return value.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)
    if field.type in ("many2many", "one2many"):
        return [Command.set([int(id_) for id_ in value])]
    return value


def canonical_value(model, field, value):
    """What `read_value` would give after `value` was stored: rounding, HTML cleaning, emptiness."""
    if field.type in ("many2many", "one2many"):
        return sorted((str(v) for v in value or ()), key=lambda id_: (len(id_), id_))
    if field.type == "many2one":
        return None if value is None else str(value)
    if field.type == "datetime":
        return value.replace(microsecond=0) if value else None
    if field.type == "monetary":
        return to_decimal(float(value or 0))
    if field.type == "float":
        return to_decimal(
            field.convert_to_cache(float(value or 0), model), digits_of(model.env, field)
        )
    if field.type == "boolean":
        return bool(value)
    if field.type == "integer":
        return value or 0
    cached = field.convert_to_cache(write_value(field, value), model)
    return str(cached) if cached not in (False, None, "") else None
