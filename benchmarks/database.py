"""Odoo in this process: its registry, an environment on a cursor that may commit, a connector."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config


@contextmanager
def environment(database: str) -> Iterator[Any]:
    """`env` of the administrator, superuser rights off, with the company's language."""
    options = ["-c", os.environ["ODOO_RC"], "-d", database, "--no-http", "--log-level=warn"]
    config.parse_config(options, setup_logging=True)
    registry = Registry(database)
    with registry.cursor() as cr:
        env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
        admin = env.ref("base.user_admin")
        yield odoo.api.Environment(cr, admin.id, {"lang": "en_US"})


def connector(env: Any, url: str) -> Any:
    """The connector for the demo shop at `url`; created if there is none yet."""
    found = env["gateway.connector"].search([("name", "=", url)])
    if not found:
        # Without overlap a read gives each record once, so that rounds are of equal size.
        values = {"name": url, "platform": "shopify", "overlap": 0, "create_taxes": True}
        found = env["gateway.connector"].create(values)
        found.connection_ids.set_values(
            {
                "shop": "demo.myshopify.com",
                "client_id": "demo-client",
                "client_secret": "demo-secret",
                "base_url": url,
                # The seeded shop dates its products in the past; a bulk read ends at the present.
                "bulk_above": "0",
            }
        )
        health = found.check_connection()
        assert health["ok"], health
        env.cr.commit()
    return found


def sync(shop: Any, *entities: str) -> Any:
    """Import `entities` as a job does: page by page, each committed. Returns the run."""
    from odoo.addons.gateway_ng.models.work import UnitOfWork  # found once Odoo has its settings

    run = shop.env["gateway.run"].sudo()._start(shop, [(e, "import") for e in entities], False)
    shop.env.cr.commit()
    run._drive(UnitOfWork(run.env, own=True), run.epoch, inline=True)
    assert run.state == "done", (run.state, run.error, counts(run), _letter(run))
    return run


def counts(run: Any) -> dict[str, int]:
    names = ("read", "created", "updated", "unchanged", "filtered", "held", "dead", "repeated")
    return {name: run[f"count_{name}"] for name in names if run[f"count_{name}"]}


def _letter(run: Any) -> Any:
    return run.env["gateway.dead.letter"].search([], limit=1).error
