"""Every place in which the gateway keeps something of a person, and how it is found and erased.

One list: what is counted before, erased and exported is read from it. Rows that are about a record
of the person are found by its ids; a text that may name anybody is found by the person's words.
"""

from dataclasses import dataclass

from odoo.tools import SQL

from ..lib.forgetting import FORGOTTEN

#: Entities whose records are people's.
ENTITIES = ("customer", "order")


@dataclass(frozen=True)
class Place:
    """Rows of `model` that are about the person (`where`); `erase` says what is set in them, None:
    they go. `told`: the columns in which the person's data are."""

    model: str
    where: SQL
    told: tuple[str, ...]
    erase: SQL | None = None


@dataclass(frozen=True)
class Text:
    """A column of free text, and which of its rows are the gateway's."""

    table: str
    column: str
    where: SQL
    put: str = FORGOTTEN


def places(person):
    """The places of one person (`models.person.Person`) of one connector."""
    return [
        Place(
            "gateway.change",
            _traced(person),
            ("field_changes", "payload", "target_values", "request", "answer", "decision"),
            SQL(
                "field_changes = NULL, reference = NULL, decision = NULL, payload = NULL,"
                " target_values = NULL, request = NULL, answer = NULL,"
                " reasons = jsonb_build_object('', 'forgotten')"
            ),
        ),
        Place("gateway.dead.letter", _traced(person, target=None), ("payload", "error")),
        Place(
            "gateway.conflict",
            _traced(person),
            ("base_values", "odoo_values", "remote_values"),
        ),
        Place(
            "gateway.binding",
            SQL("(%s) OR (%s)", _sides(person, "remote_id", "odoo_id"), _addresses(person)),
            ("base",),
            SQL(
                "state = 'gone', base = NULL, digest_odoo = NULL, digest_remote = NULL,"
                " pending = NULL, decided = NULL, diverged = NULL, idempotency_key = NULL,"
                " forgotten = now() AT TIME ZONE 'UTC'"
            ),
        ),
        *_plan_places(person),
        Place(
            "gateway.refund",
            SQL("true") if person.is_all else SQL("order_id = ANY(%s)", person.sales),
            ("note", "payload"),
            SQL("note = NULL, payload = NULL"),
        ),
        Place("gateway.event", _named(person), ("record_ids",)),
        Place(
            "sale.order",
            SQL("gateway_addresses IS NOT NULL AND %s", _orders(person)),
            ("gateway_addresses",),
            SQL("gateway_addresses = NULL"),
        ),
    ]


def _orders(person):
    if not person.is_all:
        return SQL("id = ANY(%s)", person.sales)
    return SQL(
        "id IN (SELECT res_id FROM gateway_binding WHERE connector_id = %s AND entity = 'order')",
        person.connector.id,
    )


def _plan_places(person):
    """What plans keep for their applies: an apply leaves out what its plan has no more."""
    of_connector = SQL(
        "run_id IN (SELECT id FROM gateway_run WHERE connector_id = %s)", person.connector.id
    )
    mentions = SQL("%s", person.is_all or False)
    if person.words:
        words = [*person.patterns, *person.staged_patterns]
        mentions = SQL("content::text ILIKE ANY(%s)", words)
    record = SQL(" OR ").join(
        SQL(
            "(side = %s AND ((entity = %s AND record_id = ANY(%s)) OR owner = ANY(%s)))",
            *(side, entity, person.of(entity, side), person.of(entity, side)),
        )
        for entity in ENTITIES
        for side in ("odoo", "remote")
    )
    return [
        Place(
            f"gateway.plan.{kind}",
            SQL("%s AND (%s OR %s)", of_connector, about, mentions),
            ("content",),
        )
        for kind, about in (
            ("record", record),
            ("binding", _sides(person, "remote_id", "odoo_id")),
            ("intent", _traced(person, target=None)),
        )
    ]


def texts(person):
    """Texts of errors, jobs, notes and chatter."""
    of_connector = SQL("connector_id = %s", person.connector.id)
    itself = SQL("id = %s", person.connector.id)
    page = SQL(
        "run_id IN (SELECT id FROM gateway_run WHERE connector_id = %s)", person.connector.id
    )
    message, activity = (
        _told_of(person, SQL(model), SQL("ARRAY[%s.res_id]", SQL(table)))
        for table, model in (
            ("mail_message", "mail_message.model"),
            ("mail_activity", "mail_activity.res_model"),
        )
    )
    kept = "(queue_job.records #>> '{}')::jsonb"  # queue_job keeps the JSON as a JSON text
    ids = SQL(f"ARRAY(SELECT jsonb_array_elements_text({kept} -> 'ids')::int)")
    job = _told_of(person, SQL("queue_job.model_name"), ids)
    return [
        Text("gateway_run", "error", of_connector),
        Text("gateway_page", "error", page),
        Text("gateway_connector", "pause_reason", itself),
        Text("gateway_connector", "webhooks_error", itself),
        Text("mail_message", "body", message),
        Text("mail_activity", "note", activity),
        Text("queue_job", "exc_info", job),
        Text("queue_job", "exc_message", job),
        Text("queue_job", "result", job),
    ]


def _told_of(person, model, ids):
    """Rows about records of the gateway that are this connector's, or are no more: what another
    connector, perhaps of another company, tells is not this one's to erase."""
    others = [
        SQL(
            "EXISTS (SELECT 1 FROM %s o WHERE %s = %s AND o.id = ANY(%s) AND o.%s != %s)",
            *(SQL.identifier(name.replace(".", "_")), model, name, ids),
            *(SQL.identifier(column), person.connector.id),
        )
        for name, column in (
            ("gateway.connector", "id"),
            ("gateway.run", "connector_id"),
            ("gateway.dead.letter", "connector_id"),
        )
    ]
    return SQL("%s LIKE 'gateway.%%' AND NOT (%s)", model, SQL(" OR ").join(others))


def _traced(person, target="target_id"):
    """Rows that tell of a record read at one side and, as far as known, written at the other."""
    if person.is_all:
        return SQL("entity IN %s", ENTITIES)
    found = []
    for entity in ENTITIES:
        remote, odoo = person.of(entity, "remote"), person.of(entity, "odoo")
        for way, sources, targets in (("import", remote, odoo), ("export", odoo, remote)):
            about = SQL("source_id = ANY(%s)", sources)
            if target:
                about = SQL("(%s OR %s = ANY(%s))", about, SQL.identifier(target), targets)
            found.append(SQL("(entity = %s AND direction = %s AND %s)", entity, way, about))
    return SQL("(%s)", SQL(" OR ").join(found))


def _sides(person, remote, odoo):
    if person.is_all:
        return SQL("entity IN %s", (*ENTITIES, "address"))
    return SQL(" OR ").join(
        SQL(
            "(entity = %s AND (%s = ANY(%s) OR %s = ANY(%s)))",
            *(entity, SQL.identifier(remote), person.of(entity, "remote")),
            *(SQL.identifier(odoo), person.of(entity, "odoo")),
        )
        for entity in ENTITIES
    )


def _addresses(person):
    """Elements of the customers; those of orders are products."""
    return SQL("entity = 'address' AND parent_remote_id = ANY(%s)", person.of("customer", "remote"))


def _named(person):
    """What was delivered about these records and about no other, and is not to be done any more."""
    if person.is_all:
        about = SQL("entity IN %s", ENTITIES)
    else:
        about = SQL(" OR ").join(
            SQL(
                "(entity = %s AND record_ids <@ to_jsonb(%s::text[]))",
                *(entity, person.of(entity, "remote")),
            )
            for entity in ENTITIES
        )
    return SQL("matter = 'changed' AND (%s)", about)
