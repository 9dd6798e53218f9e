"""Demo shops that live in the database: loaded, asked and saved, one request after the other."""

import contextlib
import json
import uuid
from datetime import timedelta

from psycopg2 import errors as pg_errors

from odoo import api, fields, models
from odoo.fields import NO_ACCESS

from ..lib.demoshop import OtherVersion, Shop, seed_demo, seed_price_lists
from ..lib.http import TransportError
from .turns import TURNS

#: Seconds a request waits for the one before it.
PATIENCE = 20


class GatewayDemoShop(models.Model):
    """One demo shop: its whole state as JSON, in a row that each request locks.

    A shop does not roll back with Odoo's transaction, so it is made and asked on cursors of its own
    (docs/decisions/011-demo-shop-in-the-database.md). `key` is what a connection knows it by: the
    row may be younger than the snapshot of the transaction that asked for it.
    """

    _name = "gateway.demo.shop"
    _description = "Gateway Demo Shop"
    _rec_name = "key"

    key = fields.Char(required=True, readonly=True)
    state = fields.Text(required=True, groups=NO_ACCESS)

    _key_unique = models.Constraint("UNIQUE (key)", "A demo shop has its own key.")

    @api.model
    def _open_new(self, clock):
        """Seed a shop, for good; its key."""
        key = str(uuid.uuid4())
        with self.env.registry.cursor() as cr:
            self.with_env(self.env(cr=cr)).sudo().create({"key": key, "state": _seeded(clock)})
        return key

    def _seed_anew(self, clock):
        """As it was at first. In the caller's transaction: a reset that fails has not been."""
        self.sudo().write({"state": _seeded(clock)})

    @api.model
    @contextlib.contextmanager
    def _opened(self, key, clock):
        """The shop of this key for one request; what the request changed is committed at the end.

        Raises TransportError where the shop is gone, busy, or was made by another version.
        """
        with self.env.registry.cursor() as cr:
            shop = _loaded(_locked_state(cr, key), clock)
            yield shop
            counted = shop.counters
            if counted.mutations or counted.tokens or counted.uploads:
                cr.execute(
                    "UPDATE gateway_demo_shop SET state = %s, write_date = now() AT TIME ZONE 'UTC'"
                    " WHERE key = %s",
                    (_state_of(shop), key),
                )

    @api.autovacuum
    def _gc_forgotten(self):
        """Shops whose connector was never committed, or is gone."""
        old = fields.Datetime.now() - timedelta(days=1)
        used = self.env["gateway.connection"].sudo().search([("demo_shop", "!=", False)])
        self.sudo().search(
            [("create_date", "<", old), ("key", "not in", used.mapped("demo_shop"))]
        ).unlink()


def _seeded(clock):
    shop = Shop(clock)
    seed_demo(shop)
    seed_price_lists(shop)
    return _state_of(shop)


def _loaded(state, clock):
    try:
        return Shop.load(json.loads(state), clock)
    except OtherVersion as error:
        # The button «Begin anew» of its connector seeds it again.
        raise TransportError(str(error), sent=False, permanent=True) from error


def _state_of(shop):
    """Nobody else draws on its budget of points, so it is full again at the next request."""
    return json.dumps({**shop.dump(), "available": shop.settings.bucket}, separators=(",", ":"))


def _locked_state(cr, key):
    """The shop's row, held until the commit. Odoo's cursors see one snapshot: whoever had to wait
    while another changed the row begins anew with a fresh one."""
    for _turn in range(TURNS):
        try:
            cr.execute("SELECT set_config('lock_timeout', %s, true)", (f"{PATIENCE}s",))
            # NO KEY: nobody who only refers to the row is kept waiting.
            cr.execute(
                "SELECT state FROM gateway_demo_shop WHERE key = %s FOR NO KEY UPDATE",
                (key,),
                log_exceptions=False,
            )
        except pg_errors.SerializationFailure:
            cr.rollback()
            continue
        except pg_errors.LockNotAvailable as error:
            raise TransportError("the demo shop is busy", sent=False) from error
        row = cr.fetchone()
        if row is None:
            raise TransportError("this demo shop was removed", sent=False, permanent=True)
        return row[0]
    raise TransportError("the demo shop is busy", sent=False)
