"""One entity on the Odoo side: what it is, what counts as a change, how it is read and written.

A subclass names its model and its change sources, and adds virtual fields; batching, isolation of
poison records and the horizon are the endpoint's (`endpoint.py`).
"""
# pylint: disable=method-required-super
# No Odoo model: these are the contract's own verbs.

from functools import cached_property

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, mute_logger

from ...lib.endpoint import EntityInfo, FieldInfo, Record
from ...lib.errors import Refused
from .columns import (
    MAPPING_TYPES,
    aware,
    canonical_value,
    forbidden_model,
    is_translated,
    is_writable,
    read_value,
    write_value,
)

ENTITIES = {}
_RIGHTS = {"create": "create", "update": "write"}  # capability → the right it takes


def entity(cls):
    """Register an entity of the Odoo side under its name."""
    ENTITIES[cls.name] = cls
    return cls


class Refusals(Exception):
    """Some operations of a batch are refused, each for its own reason: id(op) → error.

    The endpoint undoes the batch and carries out the others at once, instead of halving.
    """

    def __init__(self, errors):
        super().__init__(f"{len(errors)} operations are refused")
        self.errors = errors


class Entity:
    """The Odoo side of one entity, bound to an environment (integration user, company, language).

    `reads` are dotted paths the mappings read or compare; only those are fetched.
    """

    name = ""
    model = ""
    natural_keys = ()
    capabilities = frozenset({"create", "update", "delete"})
    parallel = True
    page_size = 500
    lists_all = True
    remade = True
    computed = False  # its values are computed at each read: an old one is nothing to go back to
    lookups = {}
    translates = False  # its texts are carried in further languages (`translations.py`)
    left_stage = "image"  # what a warning about a field that was left is about
    #: Fields that are not columns of `model`: name → FieldInfo.
    virtual = {}

    @classmethod
    def virtual_of(cls, env):
        """`virtual` in this database, for whoever `env` is of."""
        return cls.virtual

    def __init__(self, env, connector, reads=()):
        self.env = env
        self.connector = connector
        self.virtual = self.virtual_of(env)
        self.reads = frozenset(reads)
        self.records = env[self.model].with_context(active_test=False)
        self._open = {}
        #: id(op) → what became of it besides what was asked; the changelog tells it.
        self.notes = {}
        #: id(op) → why what was to follow from it failed, though it is written.
        self.warnings = {}
        #: id(op) → fields that could not be written though the rest was.
        self.left = {}

    # -- what it is

    def operations(self):
        """What an import does to rows of its model, as Odoo names rights."""
        return ("read", *(right for verb, right in _RIGHTS.items() if verb in self.capabilities))

    def info(self):
        fields = {
            name: self._info_of(field)
            for name, field in self.records._fields.items()
            if field.type in MAPPING_TYPES and self.records._has_field_access(field, "read")
        }
        fields.update(self.virtual)
        return EntityInfo(
            name=self.name,
            model=self.model,
            fields=fields,
            natural_keys=self.natural_keys,
            order="by_time",
            capabilities=self.capabilities,
            page_size=self.page_size,
            parallel=self.parallel,
            lists_all=self.lists_all,
            remade=self.remade,
            lookups=self.lookups,
        )

    def _info_of(self, field):
        model = forbidden_model(field)
        return FieldInfo(
            field.name,
            MAPPING_TYPES[field.type],
            model is None,
            is_writable(self.records, field),
            field.required,
            help=f"It leads to {model}, which no mapping may touch." if model else "",
            translated=self.translates and is_translated(field),
        )

    def _is_open(self, name):
        """Whether mappings may write this column; asked once, since a page asks for every value."""
        if name not in self._open:
            self._open[name] = is_writable(self.records, self.records._fields[name])
        return self._open[name]

    # -- what counts as a change

    def change_sources(self):
        """SQL queries, each giving (id of this entity, time of a change), one per change source.

        Tables are the entity's own and those its mapped fields come from; times are `write_date`s
        (or `create_date`s) as stored. Pending writes are flushed before they are read.
        """
        return [SQL("SELECT id, write_date FROM %s", SQL.identifier(self.records._table))]

    def related_sources(self):
        """Change sources of the records that dotted paths of `reads` lead to: `categ_id.name`."""
        sources = []
        for root in {path.partition(".")[0] for path in self.reads if "." in path}:
            field = self.records._fields.get(root)
            if root in self.virtual or field is None or not (field.store and field.relational):
                continue
            there = SQL.identifier(self.env[field.comodel_name]._table)
            if field.type == "many2one":
                rows = SQL("SELECT id, %s FROM %s", SQL.identifier(root), self._here)
            elif field.type == "many2many":
                pair = SQL.identifier(field.column1), SQL.identifier(field.column2)
                rows = SQL("SELECT %s, %s FROM %s", *pair, SQL.identifier(field.relation))
            else:
                rows = SQL("SELECT %s, id FROM %s", SQL.identifier(field.inverse_name), there)
            sources.append(
                SQL(
                    "SELECT r.id, o.write_date FROM (%s) AS r(id, other)"
                    " JOIN %s o ON o.id = r.other",
                    rows,
                    there,
                )
            )
        return sources

    @property
    def _here(self):
        return SQL.identifier(self.records._table)

    def changed(self, since, after, limit):
        """[(time, id)] ascending from `since` (inclusive) and after the pair `after`, at most
        `limit`; the time of a record is that of its latest change."""
        sources = SQL(" UNION ALL ").join(self.change_sources())
        floor = max(filter(None, (since, after and after[0])), default=None)
        where = SQL("t >= %s", floor) if floor else SQL("t IS NOT NULL")
        having = SQL("(max(t), id) > (%s, %s)", *after) if after else SQL("TRUE")
        query = SQL(
            "SELECT max(t), id FROM (%s) AS change(id, t) WHERE id IS NOT NULL AND %s"
            " GROUP BY id HAVING %s ORDER BY max(t), id LIMIT %s",
            sources,
            where,
            having,
            limit,
        )
        self.env.flush_all()
        return [(time, id_) for time, id_ in self.env.execute_query(query)]

    def domain(self):
        """Which records belong to the entity at all, besides access rules and company."""
        return []

    def offered(self):
        """The domain of what a read of the entity gives and a count counts: not what Odoo or this
        module keeps for itself, which no shop is to have. By its id that is found all the same."""
        return self.domain()

    def ids(self):
        """Every contract id there is, for deletes and reconciling."""
        for row in self.records.search(self.domain(), order="id"):
            yield self.key_of(row.id)

    # -- reading

    def visible(self, ids):
        """Those of `ids` that exist, belong to the entity and that the integration user may see."""
        return self._among(ids, self.domain())

    def listed(self, ids):
        """Those of `ids` that a read of the entity gives."""
        return self._among(ids, self.offered())

    def _among(self, ids, domain):
        if not ids:
            return self.records.browse()
        return self.records.search([("id", "in", list(ids)), *domain], order="id")

    def key_of(self, record_id):
        """The contract's id of a row (text); most entities use the database id."""
        return str(record_id)

    def existing(self, rows):
        """Those of the rows that are in the database, past any access rule."""
        return set(self.records.sudo().browse(rows).exists().ids)

    def row_of(self, key):
        """The database id of a contract id, None when it is not one of ours."""
        return int(key) if key.isdigit() else None

    def read(self, rows, times=None):
        """Records of these recordset rows. `times`: row id → time of the latest change."""
        times = times or {}
        return [
            Record(
                self.key_of(row.id), self.fields_of(row), aware(times.get(row.id) or row.write_date)
            )
            for row in rows
        ]

    def fields_of(self, row):
        """The fields the mappings read, of one row; subclasses add virtual ones."""
        plain, related = self._columns
        out = {"id": str(row.id)}
        for name, field in plain:
            out[name] = read_value(row, field)
        for name, fields in related.items():
            out[name] = _related(row[name], row._fields[name], fields)
        return out

    @cached_property
    def _columns(self):
        """[(name, field)] and {relation: [(name, field)]} of what the mappings read of the model;
        what no mapping may see is absent."""
        plain, related = [], {}
        for path in self.reads:
            root, _, rest = path.partition(".")
            field = self.records._fields.get(root)
            if root in self.virtual or root == "id" or not field or forbidden_model(field):
                continue
            if rest and field.relational:
                there = self.env[field.comodel_name]._fields.get(rest)
                fields = related.setdefault(root, [])
                if there and not forbidden_model(there):
                    fields.append((rest, there))
            else:
                plain.append((root, field))
        return plain, related

    def find(self, key, values):
        """[(value as asked, contract id)] of records whose natural key equals one of `values`."""
        rows = self.records.search_fetch([(key, "in", list(values)), *self.domain()], [key])
        return [(row[key], self.key_of(row.id)) for row in rows]

    def same_as(self, _key, value):
        """What is equal of all values of a natural key that `find` takes for one."""
        return str(value).strip()

    def lookup(self, name, key, values):
        """[(value, id)] in a model that mappings may refer to but not write (`lookups`)."""
        rows = self.env[name].search_fetch([(key, "in", list(values))], [key])
        return [(row[key], str(row.id)) for row in rows]

    def beside(self, ids):
        """{id: [`Part`]}: what comes into being with these records, or shows them too."""
        return {}

    def moves(self, ids):
        """Entity → ids of its records whose amounts an edit of these records may move."""
        return {}

    # -- writing

    def canonical(self, values):
        out = dict(values)
        for name, value in values.items():
            field = self.records._fields.get(name.partition("@")[0])
            if field is not None and name not in self.virtual:
                out[name] = canonical_value(self.records, field, value)
        return out

    def odoo_values(self, values):
        """Contract values of real columns as ORM values; virtual ones are left out.

        Mappings are checked when they are saved; that nothing else is ever written is checked here.
        """
        fields = self.records._fields
        for name in values:
            if name in fields and name not in self.virtual and not self._is_open(name):
                raise Refused(
                    f"«{name}» of {self.model} may not be written by a mapping",
                    field=name,
                    cause="mapping",
                    remedy="Take the field out of the mapping, then retry.",
                )
        return {
            name: write_value(fields[name], value)
            for name, value in values.items()
            if name not in self.virtual and name in fields
        }

    def create(self, ops):
        """Create all of `ops` in as few ORM calls as there can be; [(contract id, children)]."""
        rows = self.records.create([self.odoo_values(op.values) for op in ops])
        return [(self.key_of(row.id), {}) for row in rows]

    def update(self, ops):
        """Write all of `ops`, rows with equal values together; [children] in order."""
        groups = {}
        for op in ops:
            values = self.odoo_values(op.values)
            if values:
                groups.setdefault(repr(sorted(values.items())), (values, []))[1].append(int(op.id))
        for values, ids in groups.values():
            self.records.browse(ids).write(values)
        return [{} for _op in ops]

    def delete(self, ops):
        """Take the records away by the entity's verb, archived where the model can be; for good
        where the mapping says so and nothing in Odoo needs them."""
        self.archive([op for op in ops if not op.for_good])
        self._unlink([op for op in ops if op.for_good])
        return [{} for _op in ops]

    def _unlink(self, ops):
        """What can't be let go, for it was sold or moved, is archived: a refusal would leave it
        in use, and its parts, which are gone too, would pass for an edit of it."""
        rows = self.records.browse([int(op.id) for op in ops]).exists()
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                rows.unlink()
        except AccessError:
            raise
        except (IntegrityError, UserError) as error:
            if len(ops) == 1:
                self.archive(ops)
                self.notes[id(ops[0])] = f"archived, for Odoo needs it: {_why(self.env, error)}"
                return
            middle = len(ops) // 2
            self._unlink(ops[:middle])
            self._unlink(ops[middle:])

    def archive(self, ops):
        if ops and "active" not in self.records._fields:
            raise Refusals({id(op): self._cant_archive(op) for op in ops})
        self.records.browse([int(op.id) for op in ops]).exists().active = False

    def _cant_archive(self, op):
        return Refused(
            f"Odoo has no archive for {self.records._description}",
            record=op.id,
            remedy="Set on_delete to «keep» or «delete» in the mapping.",
        )


def _why(env, error):
    """Why a record can't be deleted, of the error that Odoo or PostgreSQL gave."""
    table = error.diag.table_name if isinstance(error, IntegrityError) else None
    needs = next((model for model in env.values() if table and model._table == table), None)
    return str(error) if needs is None else f"{needs._description} refers to it"


def _related(rows, relation, fields):
    """The `fields` of the record or records that a relation leads to."""
    found = [
        {"id": str(row.id)} | {n: read_value(row, field) for n, field in fields} for row in rows
    ]
    if relation.type == "many2one":
        return found[0] if found else None
    return found
