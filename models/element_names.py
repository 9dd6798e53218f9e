"""What elements of lists are called on screens: «Mug» says more than 2253."""

from collections import defaultdict

from ..lib.elements import split
from .entity_models import ODOO_MODELS

#: Entity → the one that the elements of its list are bound as.
ELEMENTS = {"product": "variant", "order": "order_line", "customer": "address"}
#: Fields that tell an element from others, the most telling first.
_TELLING = {"product": ("default_code", "sku")}
_TELLING_ELSE = ("name", "title")


def element_names(env, rows):
    """{(connector id, entity): {element key: what it is called}} of `rows`, which give (connector
    id, entity, field → values): by the values themselves, the last one given, else by the Odoo
    record of its binding. One search for all of them."""
    found, wanted = defaultdict(dict), defaultdict(set)
    for connector, entity, fields in rows:
        for name, values in fields.items():
            parts = split(name)
            if parts is not None and connector:
                wanted[connector, entity].add(parts[1])
                _take(found[connector, entity], entity, parts, values)
    for place, keys in wanted.items():
        wanted[place] = keys - {key for key, (_rank, text) in found[place].items() if text}
    names = {place: {k: text for k, (_r, text) in of.items()} for place, of in found.items()}
    for place, called in _of_bindings(env, wanted).items():
        names.setdefault(place, {}).update(called)
    return names


def _take(found, entity, parts, values):
    _list, key, field = parts
    telling = _TELLING.get(entity, _TELLING_ELSE)
    texts = [one for one in values or () if isinstance(one, str) and one]
    if field in telling and texts:
        rank = telling.index(field)
        if key not in found or rank <= found[key][0]:
            found[key] = rank, texts[-1].partition("\n")[0]


def _of_bindings(env, wanted):
    keys = {key for of_one in wanted.values() for key in of_one}
    if not keys:
        return {}
    owners = {entity: owner for owner, entity in ELEMENTS.items()}
    bindings = env["gateway.binding"].search(
        [
            ("connector_id", "in", [connector for connector, _entity in wanted]),
            ("entity", "in", list(owners)),
            ("remote_id", "in", list(keys)),
        ]
    )
    names = {}
    for entity, of_entity in bindings.grouped("entity").items():
        names.update(_record_names(env, ODOO_MODELS[entity], of_entity.mapped("res_id")))
    redactors = {connector: connector._redactor() for connector in bindings.connector_id}
    found = defaultdict(dict)
    for one in bindings:
        place = one.connector_id.id, owners[one.entity]
        text = names.get((one.res_model, one.res_id))
        if text and one.remote_id in wanted.get(place, ()):
            found[place][one.remote_id] = redactors[one.connector_id].line(text)
    return found


def _record_names(env, model, ids):
    if not env[model].has_access("read"):
        return {}
    records = env[model].browse(ids).exists()._filtered_access("read")
    return {(model, record.id): _called(record) for record in records}


def _called(record):
    if record._name == "product.product":
        return record.default_code or record.display_name
    return (record.name or record.display_name or "").partition("\n")[0]
