"""The pipeline's store in the database: what becomes of bindings that are new, known, or bound
before."""

from collections import Counter
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.endpoint import Page
from odoo.addons.gateway_ng.lib.errors import RetryLater
from odoo.addons.gateway_ng.lib.store import Binding, Trace
from odoo.addons.gateway_ng.models.store import OdooStore
from odoo.addons.gateway_ng.models.work import UnitOfWork

from .shop_case import ShopCase
from .store_suite import StoreSuite

BASE = {"import": {"name": ("Mug", "Mug")}}


@tagged("post_install", "-at_install")
class TestStore(StoreSuite, ShopCase):
    allow_inherited_tests_method = True
    binding = Binding

    def decide_meanwhile(self, group, side, direction):
        row = self.env["gateway.binding"].search([("remote_id", "=", "gid://1")])
        row.write({"decided": {**(row.decided or {}), group: side}, "pending": direction})
        self.env.flush_all()

    def setUp(self):
        super().setUp()
        run = self.env["gateway.run"]._start(self.connector, [("product", "import")], False)
        self.store = OdooStore(self.env, self.connector, run, UnitOfWork(self.env, own=False))

    def settle(self, *bindings):
        self.store.settle("product", "import", bindings, ())

    def test_what_an_earlier_try_left_as_it_is_for_a_reason_is_listed_as_it_is_counted(self):
        flow = self.store.run.flow_ids
        page, _staged = flow._stage(Page([], None, None), 0, None)
        self.store.page = page
        told = [("1", "unchanged", "left"), ("2", "updated", ""), ("3", "unchanged", "")]
        traces = [Trace(id_, outcome, reasons={"": why}) for id_, outcome, why in told]
        self.store.settle("product", "import", (), traces[:2])
        again = OdooStore(self.env, self.connector, self.store.run, self.store.work, page)
        again.settle(
            "product", "import", (), [*(Trace(id_, "repeated") for id_ in "12"), traces[2]]
        )
        counts = again.as_settled(Counter(repeated=2, unchanged=1))
        self.assertEqual({"unchanged": 2, "updated": 1}, +counts)
        self.assertEqual({"unchanged": ["1", "3"]}, page.idle_ids)

    def kept(self, remote):
        return self.store.bindings("product", "remote", [remote])[remote]

    def test_a_new_binding_is_written_once(self):
        fresh = Binding("product", "gid://1", "11", base=BASE)
        with patch.object(OdooStore, "_update") as update:
            self.settle(fresh)
        update.assert_called_once_with([])
        self.assertEqual(self.kept("gid://1").base, BASE)

    def test_a_new_binding_of_what_is_bound_keeps_the_base(self):
        self.settle(Binding("product", "gid://1", "11", base=BASE, digests={"remote": "d"}))
        self.settle(Binding("product", "gid://1", "11"))
        kept = self.kept("gid://1")
        self.assertEqual((kept.base, kept.digests), (BASE, {"remote": "d"}))

    def test_a_new_binding_points_no_bound_record_elsewhere(self):
        self.settle(Binding("product", "gid://1", "11", base=BASE))
        with self.assertRaisesRegex(RetryLater, "gid://1 was bound to another record"):
            self.settle(Binding("product", "gid://1", "12"))

    def test_a_known_row_may_be_pointed_elsewhere_and_keeps_its_parent(self):
        self.settle(Binding("variant", "gid://1", "11", parent="gid://9"))
        kept = self.store.bindings("variant", "remote", ["gid://1"])["gid://1"]
        self.assertEqual("gid://9", kept.parent)
        kept.odoo_id = "12"
        self.settle(kept)
        self.assertEqual({"gid://1": "12"}, self.store.resolve("variant", "remote", ["gid://1"]))

    def test_a_settled_binding_is_the_row_it_was_intended_as(self):
        binding = Binding("product", None, "11", state="creating", key="k")
        self.store.intend([binding])
        binding.state, binding.remote_id = "bound", "gid://1"
        self.settle(binding)
        self.assertEqual(self.kept("gid://1").handle, binding.handle)
