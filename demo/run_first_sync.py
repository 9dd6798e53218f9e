"""The demo's sync, the first and each later one, run in `odoo shell`: connect the demo shop, sync,
print what happened.

Takes the addresses of shop and Odoo from GATEWAY_SHOP_URL and GATEWAY_ODOO_URL, and that of the
second shop from GATEWAY_SECOND_URL; what there is to say of that one is left in the file
GATEWAY_SECOND_NOTE. The work itself is done by the job runner of the Odoo server that is running
beside it; here it is only asked for and watched.
"""

import os
import sys
import time
from pathlib import Path

from odoo import fields

SHOP, ODOO = os.environ["GATEWAY_SHOP_URL"], os.environ["GATEWAY_ODOO_URL"]
SECOND, NOTE = (os.environ.get(f"GATEWAY_SECOND_{name}") for name in ("URL", "NOTE"))
PATIENCE = 180  # seconds
APP = {"client_id": "demo-client", "client_secret": "demo-secret"}


def connector(env):
    """The demo's connector, its credentials and its two locations."""
    found = env["gateway.connector"].search([("name", "=", "Demo shop")], limit=1)
    if not found:
        # Not the shell's superuser: the sync has the rights of a person.
        person = env.ref("base.user_admin")
        found = env["gateway.connector"].create(
            {
                "name": "Demo shop",
                "platform": "shopify",
                "user_id": person.id,
                "create_taxes": True,
                "setup_step": "done",
            }
        )
    found.connection_ids.set_values({"shop": "demo.myshopify.com", "base_url": SHOP, **APP})
    health = found.check_connection()
    if not health["usable"]:
        sys.exit(f"The demo shop can't be synced: {health['problems']}")
    for problem in health["problems"]:  # a shop kept from an earlier version grants less, say
        print(problem)
    map_locations(env, found, health["locations"])
    return found


def second_shop(env):
    """Where it is connected, its connector is told the address that it has now; what to say."""
    shop = "second-shop.myshopify.com"
    for one in env["gateway.connector"].search([("platform", "=", "shopify")]):
        if one.connection_ids._values().get("shop") == shop:
            one.connection_ids.set_values({"base_url": SECOND, **APP})
            if one.state == "draft" and one.setup_step != "credentials":
                one.check_connection()
            return f"The second shop is connected as «{one.name}»."
    return f"""A second shop waits to be connected: press «New» under Gateway › Connectors and enter
  Platform                 Shopify
  Shop address             {shop}
  Client ID                {APP["client_id"]}
  Client secret            {APP["client_secret"]}
  Address to call instead  {SECOND}
Both shops can be connected from another database in the same way."""


def map_locations(env, found, locations):
    """One warehouse for each of the shop's locations, the first being the company's own."""
    warehouses = env["stock.warehouse"].search([("company_id", "=", found.company_id.id)])
    mapped = {binding.remote_id: binding for binding in found.location_ids}
    for position, (remote, name) in enumerate(sorted(locations.items())):
        if position < len(warehouses):
            warehouse = warehouses[position]
        else:
            warehouse = env["stock.warehouse"].create({"name": name, "code": f"GW{position}"})
        place = {"odoo_id": str(warehouse.lot_stock_id.id), "res_id": warehouse.lot_stock_id.id}
        if remote in mapped:
            mapped[remote].write(place)
        else:
            env["gateway.binding"].create(
                {
                    "connector_id": found.id,
                    "entity": "location",
                    "remote_id": remote,
                    "res_model": "stock.location",
                    **place,
                }
            )


def watch(env, run):
    """Wait for the run's end, as committed by the workers."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        env.cr.commit()  # see what the workers have committed since
        env.invalidate_all()
        if run.state not in ("queued", "running"):
            return
        time.sleep(0.5)
    sys.exit(f"The run is still {run.state} after {PATIENCE} seconds; see the server's log.")


def table(env, run):
    """One line for each flow: counts, seconds, records a second."""
    names = ("read", "created", "updated", "unchanged", "filtered", "held", "dead", "repeated")
    words = [run._fields[f"count_{name}"].string.lower() for name in names]  # those of the screens
    head = f"{'entity':<13}{'direction':<11}" + "".join(f"{word:>12}" for word in words)
    print(f"\n{head}{'seconds':>10}{'records/s':>11}\n{'-' * (len(head) + 21)}")
    sums = env["gateway.page"]._sums([("run_id", "=", run.id)], "flow_id")
    for flow in run.flow_ids:
        counts = sums.get(flow.id, {})
        spent = (
            ((flow.ended or fields.Datetime.now()) - flow.started).total_seconds()
            if flow.started
            else 0
        )
        seconds = max(counts.get("seconds") or 0.0, 0.001)
        numbers = "".join(f"{counts.get(name) or 0:>12}" for name in names)
        rate = (counts.get("read") or 0) / max(seconds, spent)
        times = f"{max(seconds, spent):>10.1f}{rate:>11.0f}"
        print(f"{flow.entity:<13}{flow.direction:<11}{numbers}{times}")


LEGEND = """
left out: by a filter that the record's change names, or because it is only on its own
side and the mapping creates none on the other. unchanged: alike on both sides (variants and prices
come with their products; a read goes back two minutes, so what was just synced is read once more).
seconds: from the flow's first step to its last, waits for workers included."""


def waiting(env, run):
    """Lines that say what waits for a person, and where."""
    shop = run.connector_id
    kept = f"action_runs/{run.id}"
    for name, count, place in (
        ("Dead letters", shop.dead_letter_count, "action_dead_letters"),
        ("Conflicts", shop.conflict_count, "action_conflicts"),
        ("Deletes kept by the guard", run.guarded, kept),
    ):
        if count:
            yield f"{name}: {count}, {ODOO}/odoo/action-gateway_ng.{place}"


def main(env):
    shop = connector(env)
    print("First sync:" if not shop.last_run_id else "Sync of what changed since the last call:")
    env.cr.commit()  # the job runner is to see it
    run = shop.run_sync()
    env.cr.commit()
    watch(env, run)
    table(env, run)
    print(LEGEND)
    states = dict(run._fields["state"]._description_selection(env))
    print(f"\nRun {run.display_name}: {states[run.state]}{f' ({run.error})' if run.error else ''}")
    lines = list(waiting(env, run))
    if lines:
        print("What waits for a person:", *lines, sep="\n  ")
    if SECOND and NOTE:
        Path(NOTE).write_text(second_shop(env) + "\n", encoding="utf-8")
        env.cr.commit()
    if run.state == "failed":
        sys.exit(1)


main(env)  # noqa: F821  (odoo shell gives it)
