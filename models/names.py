"""What is called on screens by a name that a value does not have: «Mug» says more than «31»."""

from collections import defaultdict
from collections.abc import Mapping

from ..lib.images import is_hash
from ..lib.values import is_unsettled
from .endpoint.images import FIELDS as IMAGES
from .entity_models import ODOO_MODELS

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
    Odoo records at `places`, (model, id), are told with their size, and can be shown.
    """

    def __init__(self, env, changes, places=()):
        self._env = env
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

    def told(self, entity, name, value):
        """`value` with names in place of ids; without an entity it is a shop's. Texts in a further
        language are told with what each is the name of."""
        if isinstance(value, Mapping) and "@" in name and not is_unsettled(value):
            return [f"{called}: {text}" for called, text in sorted(value.items())]
        if isinstance(value, list):
            return [self.told(entity, name, item) for item in value]
        if is_hash(value):
            return self._image(value)
        model = self._model(entity, name)
        if model:
            return self._names.get((model, str(value)), value)
        return self._labels(entity, name).get(value, value) if isinstance(value, str) else value

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
