"""Every text that the client can send, against Shopify's own schema."""

from __future__ import annotations

import gzip
from datetime import datetime, timezone
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from graphql import GraphQLSchema, NoDeprecatedCustomRule, build_schema, parse, validate
from graphql.execution.values import get_variable_values

from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.platforms.shopify import documents
from gateway_ng.lib.platforms.shopify.documents import ALL, REPEATED, Document, Repeated
from gateway_ng.tests.pure.shopify_fakes import Script, connect, data, page

SCHEMA = Path(__file__).parents[2] / "lib/demoshop/schema/admin-2026-10.nodesc.graphql.gz"


@cache
def schema() -> GraphQLSchema:
    text = gzip.decompress(SCHEMA.read_bytes()).decode()
    return build_schema(text, assume_valid=True)


def every_document():
    return [*ALL, *(each.of(count) for each in REPEATED for count in (1, 2, 20))]


@pytest.mark.parametrize("document", every_document(), ids=lambda d: f"{d.name}-{len(d.text)}")
def test_each_document_is_valid_in_the_official_schema_and_uses_nothing_deprecated(document):
    parsed = parse(document.text)
    assert validate(schema(), parsed) == []
    assert validate(schema(), parsed, [NoDeprecatedCustomRule]) == []


def test_no_document_is_left_out_of_the_lists():
    known = {id(each) for each in (*ALL, *REPEATED)}
    missing = []
    for name in dir(documents):
        held = getattr(documents, name)
        each = held.values() if isinstance(held, dict) else [held]
        for one in each:
            if isinstance(one, (Document, Repeated)) and id(one) not in known:
                missing.append(name)
    assert missing == []
    assert len(ALL) > 30 and len(REPEATED) == 44


def test_a_document_says_truly_whether_it_writes():
    for document in every_document():
        operation = parse(document.text).definitions[0].operation.value
        assert (operation == "mutation") == document.writes, document.name


def test_mutations_that_shopify_wants_idempotent_carry_a_key():
    counted = 0
    for document in every_document():
        wanted = document.text.count("inventorySetQuantities(")
        wanted += document.text.count("inventoryActivate(")
        wanted += document.text.count("refundCreate(")
        assert document.text.count("@idempotent(key: $key") == wanted, document.name
        counted += wanted
    assert counted == 1 + 2 * (1 + 2 + 20)


class Checking:
    """Coerces the variables of each request by the official schema before it is answered."""

    def __init__(self, script):
        self.script = script
        self.checked = []

    def send(self, method, url, headers, body, timeout):
        answer = self.script.send(method, url, headers, body, timeout)
        request = self.script.sent[-1]["json"]
        operation = parse(request["query"]).definitions[0]
        defined = operation.variable_definitions or ()
        values = get_variable_values(schema(), defined, request["variables"])
        errors = values if isinstance(values, list) else []
        assert errors == [], errors
        assert set(request["variables"]) <= {d.variable.name.value for d in defined}
        self.checked.append(request["operationName"])
        return answer


def wire(*answers):
    checking = Checking(Script(*answers))
    return connect(checking), checking


SCOPES = data({"currentAppInstallation": {"accessScopes": []}})
VARIANT = {
    "sku": "S-M",
    "barcode": "4006381333931",
    "price": Decimal("19.9"),
    "compareAtPrice": None,
    "taxable": True,
    "options": {"Size": "M"},
    "inventoryItem": {"tracked": True, "weight": Decimal("0.25"), "unitCost": Decimal("8.5")},
}
PRODUCT = {
    "title": "Shirt 👕",
    "handle": "shirt",
    "descriptionHtml": "<p>Soft & warm</p>",
    "vendor": "Acme",
    "productType": "Shirts",
    "status": "ACTIVE",
    "tags": ["summer"],
    "collections": ["gid://shopify/Collection/1"],
    "variants": {"a": VARIANT, "b": {**VARIANT, "options": {"Size": "L"}}},
}
NODE = {"id": "gid://shopify/Product/1", "title": "Shirt", "variants": {"nodes": []}}
LEVEL = "gid://shopify/InventoryLevel/1?inventory_item_id=1"
ORDER, LINE = "gid://shopify/Order/1", "gid://shopify/LineItem/1"
SENT = "gid://shopify/Fulfillment/1"
NOW = datetime(2026, 1, 31, 12, tzinfo=timezone.utc)
ITEM, LOCATION = "gid://shopify/InventoryItem/1", "gid://shopify/Location/1"


def test_the_variables_of_a_product_create_fit_the_schema():
    endpoint, wire_ = wire(data({"m0": None}), data({"m0": {"product": NODE, "userErrors": []}}))
    (result,) = endpoint.write("product", [Op("k", "create", None, PRODUCT)])
    assert result.error is None
    assert wire_.checked == ["ProductByHandle", "ProductCreate"]


def test_the_variables_of_a_product_update_fit_the_schema():
    bound = {"variants": {"gid://shopify/ProductVariant/1": "gid://shopify/ProductVariant/1"}}
    variants = {
        "gid://shopify/ProductVariant/1": VARIANT,
        "new": {**VARIANT, "options": {"Size": "XL", "Color": "Red"}},
        "gid://shopify/ProductVariant/2": None,
    }
    op = Op("k", "update", "gid://shopify/Product/1", {**PRODUCT, "variants": variants}, {}, bound)
    now = {**NODE, "__typename": "Product", "options": [{"name": "Title"}], "collections": None}
    made = [{"id": "gid://shopify/ProductVariant/9"}]
    endpoint, wire_ = wire(
        data({"nodes": [now]}),
        data({"m0": {"product": NODE, "userErrors": []}}),
        data({"m0": {"product": {"id": "gid://shopify/Product/1"}, "userErrors": []}}),
        data({"nodes": [{**now, "options": [{"name": "Size"}, {"name": "Color"}]}]}),
        data(
            {
                "m0": {
                    "productVariants": [{"id": "gid://shopify/ProductVariant/1"}],
                    "userErrors": [],
                }
            }
        ),
        data({"m0": {"productVariants": made, "userErrors": []}}),
        data({"m0": {"userErrors": []}}),
        data({"nodes": [now]}),
    )
    (result,) = endpoint.write("product", [op])
    assert result.error is None
    assert result.children["variants"]["new"] == "gid://shopify/ProductVariant/9"
    assert wire_.checked == [
        "ProductsById",
        "ProductUpdate",
        "OptionsCreate",
        "ProductsById",
        "VariantsUpdate",
        "VariantsCreate",
        "VariantsDelete",
        "ProductsById",
    ]


def test_the_variables_of_stock_writes_fit_the_schema():
    told = {"available": 3, "item": ITEM, "location": LOCATION}
    endpoint, wire_ = wire(
        data(
            {
                "nodes": [
                    {
                        "__typename": "ProductVariant",
                        "id": "gid://shopify/ProductVariant/1",
                        "inventoryItem": {"id": ITEM, "inventoryLevel": None},
                    }
                ]
            }
        ),
        data({"m0": {"userErrors": []}}),
        data({"m0": {"inventoryLevel": {"id": LEVEL}, "userErrors": []}}),
    )
    new = {"available": 5, "variant": "gid://shopify/ProductVariant/1", "location": LOCATION}
    ops = [Op("a", "update", LEVEL, {"available": 4}, told), Op("b", "create", None, new)]
    assert [r.error for r in endpoint.write("stock", ops)] == [None, None]
    assert wire_.checked == ["LevelsAt", "StockSet", "StockActivate"]


def test_the_variables_of_customers_and_searches_fit_the_schema():
    customer = {
        "email": "ada@example.com",
        "firstName": "Ada",
        "tags": ["vip"],
        "taxExempt": False,
        "addresses": {"a": {"address1": "Street 1", "countryCode": "GB", "zip": ""}},
    }
    node = {"customer": {"id": "gid://shopify/Customer/1"}, "userErrors": []}
    endpoint, wire_ = wire(SCOPES, data({"m0": node}), data({"m0": node}), page([]), page([]))
    ops = [
        Op("a", "create", None, customer),
        Op("b", "update", "gid://shopify/Customer/1", {"note": "x"}),
    ]
    assert [r.error for r in endpoint.write("customer", ops)] == [None, None]
    assert list(endpoint.find("customer", "email", ["O'Hara@x.example", 'a"b\\'])) == []
    assert list(endpoint.find("product", "sku", ["1"])) == []
    assert len(wire_.checked) == 5


def test_the_variables_of_addresses_fit_the_schema():
    held = {"id": "gid://shopify/MailingAddress/1", "address1": "Street 1", "countryCodeV2": "GB"}
    now = {
        "__typename": "Customer",
        "id": "gid://shopify/Customer/1",
        "defaultAddress": held,
        "addressesV2": {"nodes": [held, {**held, "id": "gid://shopify/MailingAddress/2"}]},
    }
    told = {
        "defaultAddress.city": "London",
        "addresses": {"new": {"name": "Ada King", "address1": "2", "countryCode": "FR"}, "2": None},
    }
    tied = {"addresses": {"2": "gid://shopify/MailingAddress/2"}}
    made = {"address": {"id": "gid://shopify/MailingAddress/3"}, "userErrors": []}
    endpoint, wire_ = wire(
        SCOPES, data({"nodes": [now]}), data({"m0": made}), data({"m0": made}), data({"m0": {}})
    )
    op = Op("k", "update", "gid://shopify/Customer/1", told, {}, tied)
    (result,) = endpoint.write("customer", [op])
    assert result.error is None, result.error
    assert result.children["addresses"]["new"] == "gid://shopify/MailingAddress/3"
    assert wire_.checked[2:] == ["AddressCreate", "AddressUpdate", "AddressDelete"]


def test_the_variables_of_orders_and_fulfillments_fit_the_schema():
    line = {
        "variantId": "gid://shopify/ProductVariant/1",
        "quantity": Decimal(2),
        "unitPrice": {"amount": Decimal("19.9")},
        "discount": {"amount": Decimal("0.5")},
        "taxLines": [{"title": "VAT", "rate": Decimal("0.19"), "amount": Decimal("3.1")}],
    }
    order = {
        "sourceIdentifier": "S1",
        "currencyCode": "EUR",
        "taxesIncluded": True,
        "processedAt": NOW,
        "customer": {"id": "gid://shopify/Customer/1"},
        "billingAddress": {"address1": "Street 1", "countryCode": "DE", "zip": ""},
        "shippingAddress": {"address1": "Street 1", "countryCode": "DE"},
        "customAttributes": {"floor": 3},
        "displayFinancialStatus": "PAID",
        "transactions": [{"kind": "SALE", "gateway": "cash", "amount": Decimal("45.2")}],
        "lines": {"a": line},
        "shippingLines": {"b": {"title": "Post", "price": {"amount": Decimal("5.9")}}},
    }
    made = {"id": ORDER, "lineItems": {"nodes": [{"id": LINE}]}, "shippingLines": {"nodes": []}}
    endpoint, wire_ = wire(
        page([]),
        data({"orders": {"nodes": []}}),
        data({"m0": {"order": made, "userErrors": []}}),
        data({"currentAppInstallation": {"accessScopes": []}}),
        data({"nodes": []}),
    )
    (result,) = endpoint.write("order", [Op("k", "create", None, order)])
    assert result.error is None
    assert result.children["lines"] == {"a": LINE}
    assert wire_.checked[:3] == ["FindOrders", "NewestOrders", "OrderCreate"]


def test_the_variables_of_an_order_s_update_fit_the_schema():
    row = {"id": "gid://shopify/FulfillmentLineItem/1", "quantity": 2, "lineItem": {"id": LINE}}
    sent = {"id": SENT, "status": "SUCCESS", "fulfillmentLineItems": {"nodes": [row]}}
    left = {"id": "gid://shopify/FulfillmentOrderLineItem/1", "remainingQuantity": 3}
    open_ = {
        "id": "gid://shopify/FulfillmentOrder/1",
        "status": "OPEN",
        "openLines": {"nodes": [{**left, "lineItem": {"id": LINE}}]},
    }
    now = {
        "__typename": "Order",
        "id": ORDER,
        "updatedAt": "2026-01-01T00:00:00Z",
        "fulfillments": [{"id": SENT}],
        "fulfillmentOrders": {"nodes": [open_]},
    }
    parcel = {"lineIds": [LINE], "quantities": [2], "trackingNumbers": ["1"], "carrier": "UPS"}
    values = {
        "note": "x",
        "cancelled": True,
        "cancelReason": "STAFF",
        "fulfillments": {"new": parcel, "old": {**parcel, "trackingNumbers": ["2"]}, "off": None},
    }
    off = "gid://shopify/Fulfillment/2"
    tied = {"fulfillments": {"old": SENT, "off": off}}
    now["fulfillments"].append({"id": off})
    endpoint, wire_ = wire(
        data({"m0": {"order": {"id": ORDER}, "userErrors": []}}),
        data({"currentAppInstallation": {"accessScopes": []}}),
        data({"nodes": [now]}),
        data({"nodes": [sent, {**sent, "id": off}]}),
        data({"m0": {"fulfillment": {"id": "gid://shopify/Fulfillment/3"}, "userErrors": []}}),
        data({"m0": {"fulfillment": {"id": SENT}, "userErrors": []}}),
        data({"m0": {"fulfillment": {"id": off}, "userErrors": []}}),
        data({"m0": {"job": {"id": "gid://shopify/Job/1"}, "userErrors": []}}),
    )
    (result,) = endpoint.write("order", [Op("k", "update", ORDER, values, {}, tied)])
    assert result.error is None, result.error
    assert [name for name in wire_.checked if "ById" not in name and name != "Scopes"] == [
        "OrderUpdate",
        "FulfillmentCreate",
        "FulfillmentTrack",
        "FulfillmentCancel",
        "OrderCancel",
    ]


def test_the_variables_of_a_return_fit_the_schema():
    row = {"id": "gid://shopify/FulfillmentLineItem/1", "quantity": 2, "lineItem": {"id": LINE}}
    line = {"id": LINE, "quantity": 2, "currentQuantity": 2, "unfulfilledQuantity": 0}
    now = {
        "__typename": "Order",
        "id": ORDER,
        "lineItems": {"nodes": [line]},
        "fulfillments": [{"id": SENT}],
        "returns": {"nodes": []},
    }
    sent = {"id": SENT, "status": "SUCCESS", "fulfillmentLineItems": {"nodes": [row]}}
    made = {"id": "gid://shopify/Return/1"}
    endpoint, wire_ = wire(
        data({"currentAppInstallation": {"accessScopes": [{"handle": "write_returns"}]}}),
        data({"nodes": [now]}),
        data({"nodes": [sent]}),
        data({"m0": {"return": made, "userErrors": []}}),
        data({"m0": {"return": {**made, "status": "CLOSED"}, "userErrors": []}}),
    )
    back = {"note": "x", "mark": "m", "lines": [{"lineId": LINE, "quantity": Decimal(2)}]}
    (result,) = endpoint.write("order", [Op("k", "update", ORDER, {"returns": {"r": back}})])
    assert result.error is None, result.error
    assert result.children["returns"] == {"r": made["id"]}
    assert wire_.checked[-2:] == ["ReturnCreate", "ReturnClose"]
