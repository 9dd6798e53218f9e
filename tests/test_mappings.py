"""Layers and versions of mappings in the database, and shipped ones against both sides."""

import json
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.gateway_ng.lib.mapping import compile_mapping, effective
from odoo.addons.gateway_ng.lib.platforms import platform
from odoo.addons.gateway_ng.models import connector_flows
from odoo.addons.gateway_ng.models.mapping import SHIPPED, shipped
from odoo.addons.gateway_ng.models.work import UnitOfWork

from .shop_case import ShopCase

UPPER = {"MAPTO": "title", "type": "char", "required": True, "transform": "uppercase"}


class LayersCase(ShopCase):
    def layer(self, layer, entity="product", direction="import", document=None, **values):
        owners = {
            "company": {},
            "workspace": {"workspace_id": self.connector.workspace_id.id},
            "connector": {"connector_id": self.connector.id},
        }
        return self.env["gateway.mapping"].create(
            {
                "platform": "shopify",
                "entity": entity,
                "direction": direction,
                "layer": layer,
                "document": json.dumps(document or {}),
                **owners[layer],
                **values,
            }
        )

    def effective(self, entity="product", direction="import"):
        return self.env["gateway.mapping"]._effective(self.connector, entity, direction)


@tagged("post_install", "-at_install")
class TestShipped(ShopCase):
    def documents(self, name="shopify"):
        for path in sorted((SHIPPED / name).glob("*.json")):
            entity, direction, _json = path.name.split(".")
            yield entity, direction

    def test_every_shipped_document_fits_both_sides(self):
        odoo = self.connector._odoo_endpoint().entities()
        counts = {"shopify": {"import": 9, "export": 8}, "woocommerce": {"import": 7, "export": 7}}
        for name, expected in counts.items():
            remote = platform(name).entity_infos
            seen = Counter()
            for entity, direction in self.documents(name):
                sides = (remote[entity], odoo[entity])
                source, target = sides if direction == "import" else sides[::-1]
                with self.subTest(platform=name, entity=entity, direction=direction):
                    document = effective([("shipped", shipped(name, entity, direction))])
                    compiled = compile_mapping(document, source, target)
                    self.assertEqual(compiled.model, target.model)
                seen[direction] += 1
            self.assertEqual(seen, expected)

    def test_an_empty_layer_over_each_shipped_document_is_accepted(self):
        for entity, direction in self.documents():
            with self.subTest(entity=entity, direction=direction):
                self.override(entity, direction)

    def test_every_flow_of_a_new_connector_has_a_version(self):
        for entity, direction in self.connector._flows_to_run():
            version, mapping, _back, _links = self.connector._flow_mappings(entity, direction)
            self.assertEqual(version.version, mapping.version)


@tagged("post_install", "-at_install")
class TestLayers(LayersCase):
    def test_the_last_layer_wins_field_by_field(self):
        def field(text):
            return {"MAPVALUE": text, "type": "char"}

        names = ("description_sale", "description_purchase", "default_code")
        self.layer("company", document={"record": {n: field("company") for n in names}})
        self.layer("workspace", document={"record": {n: field("workspace") for n in names[1:]}})
        self.layer("connector", document={"record": {names[2]: field("connector")}})
        found = self.effective()
        record = found.document["record"]
        self.assertEqual(
            ["company", "workspace", "connector"], [record[n]["MAPVALUE"] for n in names]
        )
        self.assertEqual(
            ["company", "workspace", "connector"], [found.provenance[f"record.{n}"] for n in names]
        )
        self.assertEqual(record["name"], shipped("shopify", "product", "import")["record"]["name"])
        self.assertEqual(found.provenance["record.name"], "shipped")

    def test_layers_apply_in_their_order_whatever_the_order_they_were_made_in(self):
        self.layer("connector", document={"description": "connector"})
        self.layer("company", document={"description": "company"})
        self.assertEqual(self.effective().document["description"], "connector")

    def test_a_field_set_to_null_is_taken_out(self):
        self.layer("connector", document={"record": {"description": None}})
        self.assertNotIn("description", self.effective().document["record"])

    def test_layers_of_others_do_not_apply(self):
        other = self.connect("Other")
        company = self.env["res.company"].create({"name": "Elsewhere"})
        there = {"entity": "category", "document": {"description": "x"}}
        self.layer("connector", connector_id=other.id, **there)
        self.layer("company", company_id=company.id, **there)
        self.assertEqual(
            self.effective("category").version,
            effective([("shipped", shipped("shopify", "category", "import"))]).version,
        )

    def test_a_second_active_mapping_of_one_layer_is_refused(self):
        self.layer("company", document={"description": "one"})
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError) as caught,
            self.cr.savepoint(),
        ):
            self.layer("company", document={"description": "two"})
        said = self.env["gateway.mapping"]._sql_error_to_message(caught.exception)
        self.assertIn("A layer has one mapping", said)

    def test_a_layer_names_its_owner_and_both_are_of_one_company(self):
        with self.assertRaisesRegex(ValidationError, "names its connector"):
            self.layer("connector", connector_id=False)
        with self.assertRaisesRegex(ValidationError, "names its workspace"):
            self.layer("workspace", workspace_id=False)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaisesRegex(ValidationError, "its mapping has to, too"):
            self.layer("connector", company_id=company.id)


@tagged("post_install", "-at_install")
class TestVersions(LayersCase):
    def setUp(self):
        super().setUp()
        self.remote = self.add_product("Mug", "MUG-1")

    def name(self):
        return self.env["product.template"].search([("default_code", "=", "MUG-1")]).name

    def rename(self, title):
        self.remote["title"] = title
        self.shop.store.touch(self.remote)

    def test_an_override_acts_on_the_next_run_and_its_archiving_restores_the_shipped_one(self):
        first = self.sync("product")
        self.assertEqual(self.name(), "Mug")
        override = self.layer("connector", document={"record": {"name": UPPER}})
        second = self.sync("product")
        self.assertEqual(self.name(), "MUG")
        override.active = False
        self.rename("Cup")
        third = self.sync("product")
        self.assertEqual(self.name(), "Cup")
        versions = [run.flow_ids.mapping_version_id for run in (first, second, third)]
        self.assertEqual(versions[0], versions[2])
        self.assertNotEqual(versions[0].version, versions[1].version)
        self.assertEqual(versions[1].provenance["record.name"], "connector")
        self.assertEqual(versions[0].provenance["record.name"], "shipped")

    def test_a_version_is_the_hash_of_what_is_in_effect_however_it_came_about(self):
        plain = self.sync("product").flow_ids.mapping_version_id
        self.layer("connector", document={"record": {"name": UPPER}})
        upper = self.sync("product").flow_ids.mapping_version_id
        self.env["gateway.mapping"].search([]).active = False
        self.layer("company", document={"record": {"name": UPPER}})
        self.assertEqual(self.sync("product").flow_ids.mapping_version_id, upper)
        self.assertNotEqual(plain, upper)
        document = json.loads(upper.document)
        self.assertEqual(document["record"]["name"], UPPER)

    def test_a_run_that_has_begun_goes_on_with_its_version(self):
        run = self.connector.run_sync(["product"], "import")
        run.sudo().flow_ids._open(UnitOfWork(self.env, own=False))
        before = run.flow_ids.mapping_version_id
        self.layer("connector", document={"record": {"name": UPPER}})
        run._drive_inline()
        self.assertEqual((run.state, self.name()), ("done", "Mug"))
        self.assertEqual(run.flow_ids.mapping_version_id, before)
        self.assertNotEqual(self.sync("product").flow_ids.mapping_version_id, before)
        self.assertEqual(self.name(), "MUG")

    def test_a_layer_of_the_company_maps_what_is_not_shipped(self):
        document = {
            "version": 1,
            "model": "shopify_customer",
            "source_table": "res.partner",
            "source_id_field": "id",
            "identity": ["email"],
            "record": {"email": {"MAPTO": "email", "type": "char"}},
        }
        folder = Path(self.enterContext(TemporaryDirectory()))
        self.startPatcher(patch.object(connector_flows, "folder_of", lambda _platform: folder))
        self.assertNotIn(("customer", "export"), self.connector._flows_to_run())
        self.layer("company", "customer", "export", document)
        self.assertIn(("customer", "export"), self.connector._flows_to_run())


@tagged("post_install", "-at_install")
class TestAtSave(LayersCase):
    def refused(self, layer="connector", entity="product", direction="import", document=None):
        with self.assertRaises(ValidationError) as caught, self.cr.savepoint():
            self.layer(layer, entity, direction, document)
        return str(caught.exception)

    def test_both_sides_fields_are_checked_in_both_directions(self):
        text = {"type": "char"}
        for direction, name, path, expected in (
            ("import", "nmae", "title", "product.template has no field «nmae»"),
            ("import", "name", "titel", "shopify_product has no field «titel»"),
            ("export", "titel", "name", "shopify_product has no field «titel»"),
            ("export", "title", "nmae", "product.template has no field «nmae»"),
        ):
            with self.subTest(direction=direction, name=name):
                said = self.refused(
                    direction=direction, document={"record": {name: {"MAPTO": path, **text}}}
                )
                self.assertIn(expected, said)
                self.assertIn("did you mean", said)
                self.assertIn(f"/record/{name}", said)

    def test_an_export_that_could_not_find_its_lost_create_again_is_refused(self):
        document = {
            "version": 1,
            "model": "shopify_customer",
            "source_table": "res.partner",
            "source_id_field": "id",
            "identity": [],
            "on_missing": "create",
            "record": {"email": {"MAPTO": "email", "type": "char"}},
        }
        said = self.refused("company", "customer", "export", document)
        self.assertIn("would be created twice", said)
        self.assertIn("Name an identity (one of email, phone)", said)
        for remedy in ({"on_missing": "skip"}, {"identity": ["email"]}):
            with self.subTest(remedy=remedy):
                self.layer("company", "customer", "export", {**document, **remedy}).unlink()

    def test_a_layer_is_checked_together_with_the_layers_around_it(self):
        note = {"description_sale": {"MAPTO": "vendor", "type": "char"}}
        self.layer("company", document={"record": note})
        self.layer("connector", document={"identity": ["description_sale"]})
        said = self.refused("workspace", document={"record": {"description_sale": None}})
        self.assertIn("the key «description_sale» is not a mapped field", said)
        self.assertIn("Shop", said)

    def test_a_company_layer_that_breaks_one_connector_is_refused_with_its_name(self):
        self.layer("connector", document={"identity": ["name"]})
        said = self.refused("company", document={"identity": ["sku"], "record": {"name": None}})
        self.assertIn("Shop", said)
        self.assertIn("«name»", said)

    def test_a_layer_whose_ground_was_taken_away_stops_the_run_and_says_so(self):
        note = {"description_sale": {"MAPTO": "vendor", "type": "char"}}
        ground = self.layer("company", document={"record": note})
        self.layer("connector", document={"identity": ["description_sale"]})
        ground.active = False
        self.add_product("Mug", "MUG-1")
        run = self.sync("product")
        self.assertEqual(run.state, "failed")
        self.assertIn("the key «description_sale» is not a mapped field", run.error)
        self.assertIn("resume the run", run.error)
        ground.active = True
        run.action_resume()
        run._drive_inline()
        self.assertEqual((run.state, run.count_created), ("done", 1))
