"""Product categories through the endpoint's contract."""

from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.endpoint import Op

from .products_case import ProductsCase, create, update

READS = ("name", "parent_id", "complete_name")


@tagged("post_install", "-at_install")
class TestCategory(ProductsCase):
    def setUp(self):
        super().setUp()
        self.top, self.sub = (
            self.env["product.category"].create({"name": name}) for name in ("Tops", "Shirts")
        )
        self.sub.parent_id = self.top

    def test_a_category_is_created_under_its_parent(self):
        (result,) = self.write(
            "category", create({"name": "Polos", "parent_id": str(self.sub.id)}), reads=READS
        )
        held = self.fetch("category", self.done(result).id, READS)
        self.assertEqual(held["complete_name"], "Tops / Shirts / Polos")
        self.assertEqual(held["parent_id"], str(self.sub.id))

    def test_a_complete_name_finds_a_category_and_is_not_written(self):
        values = {"name": "Polos", "parent_id": str(self.sub.id), "complete_name": "Else / Where"}
        (result,) = self.write("category", create(values), reads=READS)
        held = self.fetch("category", self.done(result).id, READS)
        self.assertEqual(held["complete_name"], "Tops / Shirts / Polos")

    def test_a_move_renames_what_is_below(self):
        other = self.env["product.category"].create({"name": "Wear"})
        self.done(self.write("category", update(self.top.id, {"parent_id": str(other.id)}))[0])
        self.assertEqual(self.sub.complete_name, "Wear / Tops / Shirts")
        self.done(self.write("category", update(self.top.id, {"parent_id": None}))[0])
        self.assertEqual(self.sub.complete_name, "Tops / Shirts")

    def test_a_category_below_itself_is_refused(self):
        (result,) = self.write("category", update(self.top.id, {"parent_id": str(self.sub.id)}))
        self.assertIn("recursi", self.refused(result).lower())

    def test_complete_names_are_found_by_their_steps(self):
        asked = ["Tops / Shirts", "Tops/Shirts", "Shirts"]
        found = list(self.side("category", READS).find("category", "complete_name", asked))
        id_ = str(self.sub.id)
        self.assertEqual(sorted(found), [("Tops / Shirts", id_), ("Tops/Shirts", id_)])

    def test_one_name_under_two_parents_is_ambiguous(self):
        twin = self.env["product.category"].create({"name": "Shirts"})
        found = list(self.side("category", READS).find("category", "name", ["Shirts"]))
        self.assertEqual(sorted(found), sorted(("Shirts", str(c.id)) for c in (self.sub, twin)))

    def test_one_that_is_in_use_is_not_deleted(self):
        empty = self.env["product.category"].create({"name": "Empty"})
        self.env["product.template"].create({"name": "Polo", "categ_id": self.sub.id})
        ops = [Op(str(c.id), "delete", str(c.id), {}) for c in (self.top, self.sub, empty)]
        results = self.write("category", *ops)
        self.assertEqual([bool(r.error) for r in results], [True, True, False])
        self.assertIn("«Tops» holds", self.refused(results[0]))
        self.assertIn("«Tops / Shirts» holds products", self.refused(results[1]))
        self.assertFalse(empty.exists())
        self.assertTrue((self.top | self.sub).exists())

    def test_a_tree_goes_when_it_is_empty(self):
        ops = [Op(str(c.id), "delete", str(c.id), {}) for c in (self.top, self.sub)]
        self.assertFalse([r.error for r in self.write("category", *ops) if r.error])
        self.assertFalse((self.top | self.sub).exists())

    def test_each_field_is_found_when_it_changes(self):
        with self.found("category", self.sub, "name"):
            self.sub.name = "Blouses"
        with self.found("category", self.sub, "complete_name"):
            self.top.name = "Upper"
        with self.found("category", self.sub, "parent_id"):
            self.sub.parent_id = False
        self.sub.parent_id = self.top
        with self.found("category", self.sub, "parent_id.name"):
            self.top.name = "Tops"
