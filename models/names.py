"""What the records are called that a field's ids refer to: «Mug» says more than «31»."""

from collections import defaultdict

from .entity_models import ODOO_MODELS


class Names:
    """Names of what values of Odoo's fields refer to, asked for all of them at once.

    `changes` gives (entity, field → values) of Odoo's side: fields are the flat names of the
    changelog, ids are texts. What is gone, or not the user's to read, keeps its id.
    """

    def __init__(self, env, changes):
        self._env = env
        self._models = {}
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

    def told(self, entity, name, value):
        """`value` with names in place of ids."""
        model = self._model(entity, name)
        if not model:
            return value
        if isinstance(value, list):
            return [self.told(entity, name, item) for item in value]
        return self._names.get((model, str(value)), value)

    def _model(self, entity, name):
        """The model that a field refers to, None where it refers to none."""
        key = entity, name.rpartition("]")[2].lstrip(".") or name
        if key not in self._models:
            self._models[key] = self._found(*key)
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
