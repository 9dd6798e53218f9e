"""The same records by the fastest paths the bare ORM has, with no shop, binding or changelog.

Everything a careful script would do is done: one `create` for all, chatter off, superuser rights,
defaults that cost a query a record given as values.
"""

from __future__ import annotations

from copy import copy
from decimal import Decimal
from typing import Any

from odoo.fields import Command

QUIET = {"tracking_disable": True, "mail_create_nosubscribe": True, "mail_create_nolog": True}


class Bare:
    """Creates what the shop's records say. SKUs and barcodes differ by a letter from the synced
    ones, since barcodes are unique."""

    def __init__(self, env: Any) -> None:
        self.env = env(user=1, su=True, context={**env.context, **QUIET})
        names = ["lot_sequence_id", "has_available_route_ids"]
        self.defaults = self.env["product.template"].default_get(names)
        self.size = self.env["product.attribute"].create(
            {"name": "Bare size", "create_variant": "always"}
        )
        self.sizes = {
            name: self.env["product.attribute.value"].create(
                {"attribute_id": self.size.id, "name": name}
            )
            for name in (f"Size {place}" for place in range(1, 5))
        }

    def plain(self) -> Bare:
        """The same with chatter off and nothing else: each default asks its own query a record."""
        one = copy(self)
        one.env = self.env(context={**self.env.context, "mail_create_nolog": False})
        one.defaults = {}
        return one

    def by(self, user: int) -> Bare:
        """The same with the rights of a user, for whom each access is checked."""
        one = copy(self)
        one.env = self.env(user=user, su=False)
        return one

    def single(self, products: list[dict[str, Any]]) -> None:
        """One variant each: template and variant in one create."""
        rows = [{**self._shared(p), **_variant(p["variants"][0])} for p in products]
        for row, product in zip(rows, products, strict=True):
            row["list_price"] = float(product["variants"][0]["price"])
        self.env["product.product"].create(rows)
        self.env.cr.commit()

    def several(self, products: list[dict[str, Any]]) -> None:
        """Templates with their attribute lines, then all their values, then all variants."""
        templates = self.env["product.template"].with_context(create_product_product=False)
        values = [Command.set([value.id for value in self.sizes.values()])]
        line = Command.create({"attribute_id": self.size.id, "value_ids": values})
        made = templates.create(
            [
                {
                    **self._shared(product),
                    "list_price": float(min(v["price"] for v in product["variants"])),
                    "attribute_line_ids": [line],
                }
                for product in products
            ]
        )
        extras = self.env["product.template.attribute.value"].create(
            [
                {
                    "attribute_line_id": one.id,
                    "product_attribute_value_id": self.sizes[v["options"]["Size"]].id,
                    "price_extra": float(v["price"]) - template.list_price,
                }
                for template, product in zip(made, products, strict=True)
                for one in template.attribute_line_ids
                for v in product["variants"]
            ]
        )
        variants = [(t, v) for t, p in zip(made, products, strict=True) for v in p["variants"]]
        self.env["product.product"].create(
            [
                {
                    "product_tmpl_id": template.id,
                    "product_template_attribute_value_ids": [Command.set([extra.id])],
                    **_variant(variant),
                }
                for (template, variant), extra in zip(variants, extras, strict=True)
            ]
        )
        self.env.cr.commit()

    def orders(self, orders: list[dict[str, Any]], variants: dict[str, int], confirm: bool) -> None:
        """Contacts in one create, orders with their lines in another; confirmed together.

        `variants`: SKU → product.product id. Taxes and the shipping product are given.
        """
        contacts = self.env["res.partner"].create(
            [{"name": order["email"], "email": order["email"]} for order in orders]
        )
        made = self.env["sale.order"].create(
            [
                {
                    "partner_id": contact.id,
                    "client_order_ref": order["name"],
                    "date_order": order["processedAt"].replace(tzinfo=None),
                    "order_line": [
                        *(self._line(line, variants[line["sku"]]) for line in order["lines"]),
                        *(self._shipping(line) for line in order["shippingLines"]),
                    ],
                }
                for contact, order in zip(contacts, orders, strict=True)
            ]
        )
        if confirm:
            made.action_confirm()
        self.env.cr.commit()

    def prepare_orders(self, rate: Decimal) -> None:
        """Look up once what a script would know: the tax and the shipping product."""
        percent = float(rate * 100)
        domain = [("amount", "=", percent), ("type_tax_use", "=", "sale")]
        self.tax = self.env["account.tax"].search(domain, limit=1)
        assert self.tax, f"no tax of {percent} %"
        self.shipping = self.env.ref("gateway_ng.product_shipping")

    def _line(self, line: dict[str, Any], product: int) -> Any:
        return Command.create(
            {
                "product_id": product,
                "name": line["name"],
                "product_uom_qty": line["quantity"],
                "price_unit": float(line["unitPrice"]["amount"]),
                "tax_ids": [Command.set(self.tax.ids if line["taxLines"] else [])],
            }
        )

    def _shipping(self, line: dict[str, Any]) -> Any:
        return Command.create(
            {
                "product_id": self.shipping.id,
                "name": line["title"],
                "product_uom_qty": 1,
                "price_unit": float(line["price"]["amount"]),
                "is_delivery": True,
                "tax_ids": [Command.set(self.tax.ids if line["taxLines"] else [])],
            }
        )

    def _shared(self, product: dict[str, Any]) -> dict[str, Any]:
        return {
            **self.defaults,
            "name": product["title"],
            "description": product["descriptionHtml"],
            "type": "consu",
            "is_storable": True,
        }


def _variant(variant: dict[str, Any]) -> dict[str, Any]:
    return {
        "default_code": f"B{variant['sku']}",
        "barcode": f"B{variant['barcode']}",
        "weight": float(variant["inventoryItem"]["weight"]),
    }
