"""What is called on screens by a name that a value does not have: «Mug» says more than «31»."""

import re
from collections import defaultdict
from collections.abc import Mapping

from ..lib.images import is_hash
from ..lib.values import is_unsettled
from .choices import choice_label
from .element_names import element_names
from .endpoint.images import FIELDS as IMAGES
from .entity_models import ODOO_MODELS
from .moments import number_text

#: A value that was kept of a Decimal.
NUMBER = re.compile(r"-?\d+(\.\d+)?")
#: The last words of names of fields that have numbers, where no field of Odoo's says what they are.
NUMBERS = frozenset(
    (
        "amount",
        "available",
        "cost",
        "discount",
        "height",
        "length",
        "price",
        "quantity",
        "rate",
        "subtotal",
        "tax",
        "total",
        "volume",
        "weight",
        "width",
    )
)
#: Fields that mappings know and the entity's model has not → what they refer to.
_OWN = {("order", "warehouse"): "stock.location"}


class Picture(str):
    """What an image that Odoo holds is called, and where it is had by who may read its record."""

    __slots__ = ("address",)

    def __new__(cls, told, address):
        picture = super().__new__(cls, told)
        picture.address = address
        return picture


class Names:
    """Names of what values of Odoo's fields refer to, asked for all of them at once.

    `changes` gives (entity, field → values) of Odoo's side: fields are the flat names of the
    changelog, ids are texts. What is gone, or not the user's to read, keeps its id. Images of the
    Odoo records at `places`, (model, id), are told with their size, and can be shown. `lists` gives
    (connector id, entity, field → values) of either side, whose elements are to be `called`.
    """

    def __init__(self, env, changes, places=(), lists=()):
        self._env = env
        self._called = element_names(env, lists)
        self._models = {}
        self._choices = {}
        wanted = defaultdict(set)
        for entity, fields in changes:
            for name, values in fields.items():
                model = self._model(entity, name)
                if model:
                    wanted[model].update(id_ for value in values for id_ in _ids(value))
        self._names = {
            (model, str(record.id)): record.display_name
            for model, ids in wanted.items()
            for record in env[model].browse(map(int, ids)).exists()._filtered_access("read")
        }
        self._places = places
        self._held = None

    def called(self, connector, entity):
        """{element key: what the element is called} of the lists of an entity."""
        return self._called.get((connector.id, entity), {})

    def told(self, entity, name, value):
        """`value` with names in place of ids; without an entity it is a shop's. Texts in a further
        language are told with what each is the name of, numbers and choices as people read them."""
        if isinstance(value, Mapping) and not is_unsettled(value):
            if "@" in name:
                return [f"{called}: {text}" for called, text in sorted(value.items())]
            return {part: self.told(entity, f"{name}.{part}", one) for part, one in value.items()}
        if isinstance(value, list):
            return [self.told(entity, name, item) for item in value]
        if is_hash(value):
            return self._image(value)
        model = self._model(entity, name)
        if model:
            return self._names.get((model, str(value)), value)
        if not isinstance(value, str):
            return value
        label = self._labels(entity, name).get(value)
        return (
            label
            or choice_label(self._env, _last(name), value)
            or self._number(entity, name, value)
        )

    def _number(self, entity, name, value):
        """A number with the decimal mark of the user's language; any other text as it is."""
        if not NUMBER.fullmatch(value) or not self._is_number(entity, name):
            return value
        return number_text(self._env, value, is_share=_last(name) == "rate")

    def _is_number(self, entity, name):
        model = self._env.get(ODOO_MODELS.get(entity))
        field = model._fields.get(name) if model is not None else None
        if field is not None:
            return field.type in ("float", "monetary")
        return _last(name).rpartition("_")[2] in NUMBERS

    def _image(self, called):
        if self._held is None:
            self._held = _images(self._env, self._places)
        if called not in self._held:
            return called
        size, address = self._held[called]
        return Picture(self._env._("image, %s KB", -(-size // 1024)), address)

    def _labels(self, entity, name):
        """{key: label} of a selection of the entity's model, nothing of any other field."""
        key = entity, name
        if key not in self._choices:
            model = self._env.get(ODOO_MODELS.get(entity))
            field = model._fields.get(name) if model is not None else None
            chosen = field is not None and field.type == "selection"
            self._choices[key] = dict(field._description_selection(self._env)) if chosen else {}
        return self._choices[key]

    def _model(self, entity, name):
        """The model that a field refers to, None where it refers to none."""
        key = entity, name.rpartition("]")[2].lstrip(".") or name
        if key not in self._models:
            self._models[key] = _OWN.get(key) or self._found(*key)
        return self._models[key]

    def _found(self, entity, name):
        """A field of the entity's model, of its parts', or of the stock that it has."""
        if not name.endswith(("_id", "_ids")) or entity not in ODOO_MODELS:
            return None
        own = self._env[ODOO_MODELS[entity]]._fields.values()
        parts = (field.comodel_name for field in own if field.type == "one2many")
        for model in (ODOO_MODELS[entity], *parts, "stock.quant"):
            field = self._env[model]._fields.get(name) if model in self._env else None
            if field is not None and field.type in ("many2one", "many2many"):
                return field.comodel_name
        return None


def _last(name):
    """The last step of a flat name, in snake case: «lines[7].unitPrice» → «unit_price»."""
    step = name.rpartition("]")[2].rpartition(".")[2]
    return "".join(f"_{one.lower()}" if one.isupper() else one for one in step).lstrip("_")


def _ids(value):
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, int | str) and str(item).isdecimal():
            yield str(item)


def _images(env, places):
    """{hash: (bytes, address)} of the images that the records at `places` have now; one query a
    model."""
    found = {}
    for model, field in IMAGES.items():
        ids = [res_id for place, res_id in places if place == model]
        if not ids:
            continue
        domain = [("res_model", "=", model), ("res_field", "=", field), ("res_id", "in", ids)]
        kept = env["ir.attachment"].sudo().search_fetch(domain, ["checksum", "file_size", "res_id"])
        for one in kept:
            address = f"/web/image/{model}/{one.res_id}/{field}?unique={one.checksum}"
            found[one.checksum] = one.file_size, address
    return found
