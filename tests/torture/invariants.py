"""What has to hold when the faults are over and both directions ran twice."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from gateway_ng.lib.rules import Side

from .broken import Broken
from .documents import TYPED
from .ledger import Saying, scalars, told

if TYPE_CHECKING:
    from .world import World


def check(world: World) -> None:
    """All of them, of a world whose faults are over. Raises Broken with the invariant's name."""
    settle_down(world)
    no_doubles(world)
    converged(world)
    _nothing_vanished(world)
    world.ledger.check_echoes(world.odoo.rows, world.store.traces)
    quiet(world)


def settle_down(world: World) -> None:
    """The shop lets us in and takes everything, writers of Odoo commit, an open run ends, people
    decide and retry; then two clean rounds."""
    world.shut_for = 0
    world.refused.clear()
    for number in list(world.odoo.open):
        world.people.commit(number, number)
    world.round()
    if world.owes_backfill:
        world.db.forget_marks()
        world.db.commit()
    for turn in range(3):
        world.decide(turn)
        world.retry()
        world.round()
    world.round()


def _nothing_vanished(world: World) -> None:
    def is_mapped(saying: Saying) -> bool:
        return bool(world.version) or saying.field != "note"

    def is_shared(saying: Saying) -> bool:
        ids = {saying.id, world.store.resolve(saying.entity, "remote", [saying.id]).get(saying.id)}
        return saying.entity == "customer" and bool(world.merged & ids)

    held: dict[Side, set[str]] = {
        name: {
            value
            for entity in ("product", "customer")
            for row in world.people.side(name).all(entity)
            for value in scalars(row)
        }
        for name in ("odoo", "remote")
    }
    world.ledger.check(world.store.traces, is_mapped, held, is_shared)


def quiet(world: World) -> None:
    world.writes.clear()
    asked = world.shop.mutations
    world.round()
    if world.writes or world.shop.mutations != asked:
        raise Broken("a quiet system writes nothing", "; ".join(world.writes))


def no_doubles(world: World) -> None:
    """No two records with one identity on a side, and no two bindings of one record."""
    keys = (
        ("odoo", "product", "code"),
        ("remote", "product", "handle"),
        ("odoo", "customer", "email"),
        ("remote", "customer", "email"),
        ("odoo", "order", "ref"),
    )
    for name, entity, key in keys:
        side: Any = world.people.side(name)  # type: ignore[arg-type]
        _once(f"{name} {entity}", [row[key] for row in side.all(entity)])
    for entity in ("product", "variant", "customer", "order", "order_line", "stock"):
        rows = [row for row in world.store.all(entity) if row.state != "gone"]
        if entity == "stock":  # nothing tells that a level is gone which never was created
            rows = [row for row in rows if row.remote_id is not None]
        _once(f"binding of {entity}", [row.remote_id for row in rows])
        single = [row.odoo_id for row in rows if row.odoo_id not in world.merged]
        _once(f"binding of {entity}", single)


def _once(what: str, values: list[Any]) -> None:
    twice = [value for value, count in Counter(values).items() if count > 1]
    if twice:
        raise Broken("no two records for one", f"{what} {twice}")


def converged(world: World) -> None:
    """Both sides hold the same, record by record."""
    if world.store.dead or world.store.held:
        what = [f"{place}: {trace.error}" for place, trace in world.store.dead.items()]
        raise Broken("converges", f"left over: {what} {list(world.store.held)}")
    for entity in ("product", "customer", "order"):
        _paired(world, entity)
    for row in world.store.all("product"):
        if row.state == "bound":
            _same_product(world, str(row.odoo_id), str(row.remote_id))
    for row in world.store.all("customer"):
        if row.state == "bound" and row.odoo_id not in world.merged:
            _same_fields(world, "customer", str(row.odoo_id), str(row.remote_id))
    for order in world.shop.all("order"):
        _same_order(world, order)
    for remote_id, level in world.shop.rows["stock"].items():
        offered, there = level.fields["available"], world.may_offer(remote_id)
        if offered != there:
            raise Broken("converges", f"stock of {remote_id}: {offered} offered, {there} there")


def _paired(world: World, entity: str) -> None:
    """Each record is bound to one of the other side."""
    bound = [row for row in world.store.all(entity) if row.state == "bound"]
    pairs = {(str(row.odoo_id), str(row.remote_id)) for row in bound}
    here, there = set(world.odoo.rows[entity]), set(world.shop.rows[entity])
    if {a for a, _b in pairs} != here or {b for _a, b in pairs} != there:
        raise Broken("converges", f"{entity}: {sorted(pairs)}, but {sorted(here)}, {sorted(there)}")


def _same_fields(world: World, entity: str, odoo_id: str, remote_id: str) -> None:
    here, there = world.odoo.get(entity, odoo_id), world.shop.get(entity, remote_id)
    for ours, theirs in TYPED[entity]:
        if ours == "note" and not world.version:
            continue
        if told(here.get(ours)) != told(there.get(theirs)):
            raise Broken("converges", f"{entity} {ours}: {here} in Odoo, {there} in the shop")


def _same_product(world: World, odoo_id: str, remote_id: str) -> None:
    _same_fields(world, "product", odoo_id, remote_id)
    here, there = world.odoo.get("product", odoo_id), world.shop.get("product", remote_id)
    ours = sorted((one["code"], one["price"]) for one in here["lines"])
    theirs = sorted((one["sku"], one["price"]) for one in there["variants"])
    if ours != theirs:
        raise Broken("converges", f"variants of {here['code']}: {ours} in Odoo, {theirs} there")


def _same_order(world: World, order: Any) -> None:
    id_ = world.store.resolve("order", "remote", [order["id"]])[order["id"]]
    mine = world.odoo.get("order", id_)
    ids = [line["variant"] for line in order["items"]]
    variants = world.store.resolve("variant", "remote", ids)
    partner = world.store.resolve("customer", "remote", [order["customer"]])
    theirs = [(variants.get(line["variant"]), line["quantity"]) for line in order["items"]]
    ours = [(line["variant"], line["quantity"]) for line in mine["rows"]]
    if ours != theirs or mine["partner"] != partner.get(order["customer"]):
        raise Broken("converges", f"order {order}: {mine}")
