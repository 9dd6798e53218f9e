"""This Odoo as an endpoint of the contract: pages behind the horizon, batches without poison."""
# pylint: disable=method-required-super
# No Odoo model: these are the contract's own verbs.

import json
import logging
from collections.abc import Mapping
from datetime import datetime, timezone

import psycopg2

from odoo.exceptions import AccessError, MissingError, UserError

from ...lib.endpoint import Health, Page, Result, Token
from ...lib.errors import GatewayError, Refused, RetryLater, StopRun
from ...lib.watermark import behind_horizon
from ..guarded import BySync
from .entity import ENTITIES, Refusals
from .foresight import PLAN, TRIED, Foresight
from .horizon import UNKNOWN_AGE, horizon
from .images import ImageSource
from .once import ONCE, Once

_logger = logging.getLogger(__name__)

#: Nothing an import does is chatter of a person: changes are in the gateway's changelog.
QUIET = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "mail_notify_force_send": False,
    "gateway_sync": BySync,
}


class OdooEndpoint(ImageSource, Foresight):
    """The Odoo side of one connector.

    `env` is the integration user's, in the connector's company and language, su off. `reads`:
    entity → dotted paths that its mappings read or compare. `edge` is the horizon taken in a
    transaction that ended *before* this one's snapshot: a writer that was open then is behind the
    edge, one that had committed is in the snapshot. Without it the watermark stays well back.
    `plan`: id of the plan's run; all that is written is taken back (`foresee`). What is created is
    created `once`.
    """

    transactional = True

    def __init__(self, env, connector, reads=None, edge=None, plan=None):
        self.edge = edge
        self.once = Once()
        self.env = env(
            context={**env.context, **QUIET, TRIED: plan and BySync, PLAN: plan, ONCE: self.once}
        )
        self.connector = connector
        self._entities = {
            name: cls(self.env, connector, (reads or {}).get(name, ()))
            for name, cls in ENTITIES.items()
        }
        self._infos = _Infos(self._entities)
        self._missed = {}  # (entity, natural key) → values that were looked for and not found

    def entity(self, name):
        if name not in self._entities:
            raise StopRun(
                f"Odoo has no entity «{name}»",
                cause="mapping",
                remedy=f"Known entities: {', '.join(sorted(self._entities))}.",
            )
        return self._entities[name]

    def check(self):
        version = self.env["ir.module.module"].sudo().search([("name", "=", "base")]).latest_version
        flows = self.connector._flows_to_run()
        missing = sorted(
            {
                f"{side.records._description} ({operation})"
                for entity, direction in flows
                for side in (self.entity(entity),)
                for operation in (("read",) if direction == "export" else side.operations())
                if not side.records.has_access(operation)
            }
        )
        problems = []
        if missing:
            problems.append(
                f"The integration user {self.env.user.name} may not use {', '.join(missing)}: "
                "give it the roles Sales / User: All Documents, Inventory / User, Contacts / "
                "Creation and Products / Create."
            )
        makes_taxes = ("order", "import") in flows and self.connector.create_taxes
        if makes_taxes and not self.env["account.tax"].has_access("create"):
            problems.append(
                f"The integration user {self.env.user.name} may not create taxes, so an order with "
                "a tax that Odoo has not got would be a dead letter: give it the role Accounting / "
                "Administrator, or create the taxes and switch off «Create taxes»."
            )
        if not horizon(self.env.cr)[1]:
            problems.append(
                "Sessions of another database role are hidden, so changes are read up to 30 "
                "minutes late: grant pg_read_all_stats to Odoo's database role."
            )
        return Health(
            ok=not missing,
            version=version or "",
            account=self.env.company.name,
            problems=problems,
            missing=missing,
        )

    def entities(self):
        return self._infos

    # -- reading

    def pages(self, entity, since=None, token=None):
        """Ascending (time, id); the watermark stops at the horizon taken when the read began."""
        side = self.entity(entity)
        limit = side.page_size
        state = json.loads(token) if token else {}
        edge = state.get("edge") or _text(self.edge or horizon(self.env.cr)[0] - UNKNOWN_AGE)
        after = (_naive(state["time"]), state["id"]) if "time" in state else None
        start = _naive(_text(since.time)) if since else None
        while True:
            found = side.changed(start, after, limit)
            times = {id_: time for time, id_ in found}
            records = side.read(side.listed(times), times)
            records.sort(key=lambda record: (record.updated, side.row_of(record.id) or 0))
            last = len(found) < limit
            if found:
                after = found[-1]
            reached = _aware_naive(after[0]) if after else None
            mark = behind_horizon(reached, since, _aware(edge), last)
            yield Page(records, None if last else _token(after, edge), mark)
            if last:
                return

    def fetch(self, entity, ids):
        side = self.entity(entity)
        rows = [row for row in map(side.row_of, ids) if row is not None]
        return iter(side.read(side.visible(rows)))

    def unseen(self, entity, ids):
        """Those of the ids whose record is there, whether or not the integration user may see it.
        Raises nothing: who may not see it learns no more than that."""
        side = self.entity(entity)
        rows = {id_: side.row_of(id_) for id_ in ids}
        there = side.existing([row for row in rows.values() if row is not None])
        return [id_ for id_, row in rows.items() if row in there]

    def find(self, name, key, values):
        if name in self._entities:
            found = list(self.entity(name).find(key, values))
            missed = set(values).difference(value for value, _id in found)
            self._missed.setdefault((name, key), set()).update(missed)
            return iter(found)
        for side in self._entities.values():
            if key in side.lookups.get(name, ()):
                return iter(side.lookup(name, key, values))
        raise StopRun(
            f"«{name}» can't be looked up by «{key}» in Odoo",
            cause="mapping",
            remedy="Use an entity's natural key or one of the lookups listed for the entity.",
        )

    def ids(self, entity):
        yield from self.entity(entity).ids()

    # -- writing

    def canonical(self, entity, values):
        return self.entity(entity).canonical(values)

    def write(self, entity, ops):
        side = self.entity(entity)
        results = {}
        for action in ("create", "update", "delete"):
            group = [op for op in ops if op.action == action]
            if group and action == "create":
                self._make_once(entity)
            if group:
                self._isolated(side, action, group, results)
        for op in ops:
            yield results[id(op)]

    def _make_once(self, entity):
        """Raises Met where what was looked for in vain is there by now."""
        missed = {key: values for (name, key), values in self._missed.items() if name == entity}
        side = self.entity(entity)

        def look(env):
            there = self._in(env)
            return (
                one for key, values in missed.items() for one in there.find(entity, key, values)
            )

        names = [f"{key}|{side.same_as(key, one)}" for key in missed for one in missed[key]]
        self.once.take(self.env, entity, names, look)

    def _in(self, env):
        """The same side in another transaction."""
        return type(self)(env, self.connector.with_env(self.connector.env(cr=env.cr)))

    def _isolated(self, side, action, ops, results):
        """All of `ops` in one savepoint; a refused batch is halved until the poison is alone."""
        try:
            with self.env.cr.savepoint():
                answers = getattr(side, action)(ops)
        except (StopRun, RetryLater):
            raise
        except Refusals as refusals:
            rest = [op for op in ops if id(op) not in refusals.errors]
            results.update((key, Result(error=error)) for key, error in refusals.errors.items())
            if rest:
                self._isolated(side, action, rest, results)
            return
        except Exception as error:
            if _is_of_all(error) or self._may_be_anothers(error):
                raise
            if len(ops) > 1:
                middle = len(ops) // 2
                self._isolated(side, action, ops[:middle], results)
                self._isolated(side, action, ops[middle:], results)
            else:
                results[id(ops[0])] = Result(error=_refusal(error, ops[0].values))
            return
        for op, answer in zip(ops, answers, strict=True):
            if isinstance(answer, GatewayError):  # seen before anything of it was written
                results[id(op)] = Result(error=answer)
                continue
            id_, children = answer if action == "create" else (op.id, answer)
            left = side.left.pop(id(op), ())
            results[id(op)] = Result(
                id_,
                None,
                children,
                note=side.notes.pop(id(op), ""),
                warning=side.warnings.pop(id(op), None),
                left=left,
                stage=side.left_stage if left else "workflow",
            )

    def _may_be_anothers(self, error):
        """Whether what is there twice may be another transaction's, which can't be seen here."""
        return self.once.can_begin_anew and isinstance(error, psycopg2.errors.UniqueViolation)

    def events(self, headers, body):
        raise Refused("Odoo sends no webhooks to itself")

    def subscribe(self, url):
        return []

    def unsubscribe(self, url):
        return 0


class _Infos(Mapping):
    """Entity name → EntityInfo, made when it is asked for: a model has hundreds of fields."""

    def __init__(self, entities):
        self._entities = entities
        self._made = {}

    def __getitem__(self, name):
        if name not in self._made:
            self._made[name] = self._entities[name].info()
        return self._made[name]

    def __iter__(self):
        return iter(self._entities)

    def __len__(self):
        return len(self._entities)


def _is_of_all(error):
    """Whether an error is the whole transaction's: two workers met, or the connection is lost. The
    latter shows as an InterfaceError where a savepoint ends, with nothing to go back to."""
    if isinstance(error, psycopg2.OperationalError):
        return not _is_too_much(error)
    return isinstance(error, psycopg2.InterfaceError)


def _is_too_much(error):
    """Whether the database refused a value for its size (class 54): a matter of its record."""
    return (error.pgcode or "").startswith("54")


def _longest(values, under=""):
    """(length, dotted name) of the longest text among `values`."""
    found = (0, "")
    for name, value in values.items():
        if isinstance(value, str):
            found = max(found, (len(value), f"{under}{name}"))
        elif isinstance(value, Mapping):
            found = max(found, _longest(value, f"{under}{name}."))
    return found


def _refusal(error, values):
    """What Odoo said, as a dead letter's error; an unforeseen one is logged with its traceback."""
    if isinstance(error, GatewayError):
        return error
    if isinstance(error, AccessError):
        return Refused(
            str(error), remedy="Give the connector's integration user this right, then retry."
        )
    if isinstance(error, (UserError, MissingError)):
        return Refused(str(error), remedy="Change the record or the mapping, then retry.")
    if isinstance(error, psycopg2.Error) and _is_too_much(error):
        length, name = _longest(values)
        return Refused(
            f"a text of {length:,} characters is longer than the database can index",
            field=name,
            remedy="Shorten it at its source, or by the transform truncate, then retry.",
        )
    if isinstance(error, psycopg2.Error):
        text = (error.diag.message_primary or str(error)) if error.diag else str(error)
        detail = error.diag.message_detail if error.diag else None
        return Refused(
            f"{text} {detail or ''}".strip(), remedy="Change the record or the mapping, then retry."
        )
    _logger.error("Gateway: unforeseen error while writing a record", exc_info=error)
    return Refused(
        f"{type(error).__name__}: {error}",
        cause="unknown",
        remedy="See the server log for the traceback; mend the record or the mapping, then retry.",
    )


def _token(after, edge):
    return Token(json.dumps({"time": after[0].isoformat(), "id": after[1], "edge": edge}))


def _text(moment):
    return moment.astimezone(timezone.utc).isoformat()


def _aware(text):
    return datetime.fromisoformat(text)


def _naive(text):
    moment = datetime.fromisoformat(text)
    return moment.astimezone(timezone.utc).replace(tzinfo=None) if moment.tzinfo else moment


def _aware_naive(moment):
    return moment.replace(tzinfo=timezone.utc)
