"""Writing products and variants: what is replaced, what stays, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.tests.pure.demoshop_client import Caller, seeded

SET = """mutation($input: ProductSetInput!, $id: ProductSetIdentifiers) {
  productSet(input: $input, identifier: $id, synchronous: true) {
    product { id title handle vendor updatedAt tags options { name optionValues { id name } }
      collections(first: 10) { nodes { id } }
      metafields(first: 10) { nodes { namespace key value } }
      variants(first: 50) { nodes { id title sku price barcode updatedAt
        inventoryItem { id tracked } } } }
    userErrors { field message code } } }"""
UPDATE = """mutation($id: ID!, $variants: [ProductVariantsBulkInput!]!, $partly: Boolean) {
  productVariantsBulkUpdate(productId: $id, variants: $variants, allowPartialUpdates: $partly) {
    productVariants { id price sku } userErrors { field message code } } }"""
PARKA = "winter-parka"


def size(*names: str) -> list[dict[str, Any]]:
    return [{"name": "Size", "values": [{"name": name} for name in names]}]


def variant(name: str, **more: Any) -> dict[str, Any]:
    return {"optionValues": [{"optionName": "Size", "name": name}], **more}


def product_set(call: Caller, asked: str | None = None, /, **given: Any) -> Any:
    identifier = {"handle": asked} if asked else None
    return call(SET, input=given, id=identifier)["productSet"]


def errors(answer: Any) -> list[tuple[str, str]]:
    return [(error["code"], ".".join(error["field"])) for error in answer["userErrors"]]


def by_handle(call: Caller, handle: str = PARKA) -> dict[str, Any]:
    text = """query($h: String!) { productByIdentifier(identifier: {handle: $h}) {
      id title updatedAt variants(first: 50) { nodes { id title sku price updatedAt
        inventoryItem { id } } } } }"""
    found: dict[str, Any] = call(text, h=handle)["productByIdentifier"]
    return found


def test_a_product_is_created_with_its_variants() -> None:
    answer = product_set(
        seeded(),
        title="New “Thing” 🎈",
        productOptions=size("S", "M"),
        variants=[
            variant("S", sku="N-S", price="12.5", barcode="4006381333931"),
            variant("M", inventoryItem={"sku": "N-M", "tracked": True}),
        ],
    )
    assert answer["userErrors"] == []
    product = answer["product"]
    assert product["handle"] == "new-thing"
    rows = [(v["title"], v["sku"], v["price"], v["barcode"]) for v in product["variants"]["nodes"]]
    assert rows == [("S", "N-S", "12.50", "4006381333931"), ("M", "N-M", "0.00", None)]


def test_a_product_without_options_has_the_default_variant() -> None:
    product = product_set(seeded(), title="Plain")["product"]
    assert [v["title"] for v in product["variants"]["nodes"]] == ["Default Title"]
    assert [option["name"] for option in product["options"]] == ["Title"]


def test_variants_that_are_not_listed_are_deleted_with_their_stock() -> None:
    call = seeded()
    before = by_handle(call)["variants"]["nodes"]
    answer = product_set(
        call, PARKA, productOptions=size("S", "M"), variants=[variant("S"), variant("M")]
    )
    after = answer["product"]["variants"]["nodes"]
    assert [v["id"] for v in before[:2]] == [v["id"] for v in after]
    assert after[0]["price"] == "199.00"
    gone = call(
        "query($id: ID!) { inventoryItem(id: $id) { id } }", id=before[3]["inventoryItem"]["id"]
    )
    assert gone == {"inventoryItem": None}


def test_lists_that_are_left_out_stay_and_given_ones_replace() -> None:
    call = seeded()
    meta = [{"namespace": "erp", "key": "a", "value": "1", "type": "single_line_text_field"}]
    first = product_set(call, PARKA, metafields=meta)["product"]
    assert len(first["variants"]["nodes"]) == 4
    assert len(first["collections"]["nodes"]) == 2
    second = product_set(call, PARKA, collections=[], metafields=[], tags=["b", "A", "a"])[
        "product"
    ]
    assert (
        second["collections"]["nodes"],
        second["metafields"]["nodes"],
        second["tags"],
    ) == ([], [], ["A", "b"])
    assert second["vendor"] == "Fernridge"


def test_upsert_by_handle_creates_what_is_not_there_and_updates_what_is() -> None:
    call = seeded()
    made = product_set(call, "brand-new", title="Whatever")["product"]
    again = product_set(call, "brand-new", title="Other")["product"]
    assert ("brand-new", made["id"], "Other") == (again["handle"], again["id"], again["title"])


def test_upsert_by_custom_id_finds_the_same_product_again() -> None:
    call = seeded()
    custom = {"customId": {"namespace": "erp", "key": "id", "value": "T-77"}}
    made = call(SET, input={"title": "A"}, id=custom)["productSet"]["product"]
    again = call(SET, input={"title": "B"}, id=custom)["productSet"]["product"]
    assert made["id"] == again["id"]


@pytest.mark.parametrize(
    ("handle", "given", "expected"),
    [
        (None, {"title": "  "}, ("INVALID_INPUT", "input.title")),
        (None, {}, ("INVALID_INPUT", "input.title")),
        (None, {"title": "x", "handle": PARKA}, ("HANDLE_NOT_UNIQUE", "input.handle")),
        (PARKA, {"variants": [variant("S")]}, ("PRODUCT_OPTIONS_INPUT_MISSING", "input")),
        (PARKA, {"productOptions": size("S")}, ("VARIANTS_INPUT_MISSING", "input")),
        (
            PARKA,
            {"productOptions": size("S"), "variants": [variant("S"), variant("S")]},
            ("INVALID_VARIANT", "input.variants.1"),
        ),
        (
            PARKA,
            {"productOptions": size("S"), "variants": [variant("M")]},
            ("OPTION_VALUE_DOES_NOT_EXIST", "input.variants.0.optionValues"),
        ),
        (
            PARKA,
            {"productOptions": size("S"), "variants": [variant("S", price="-1")]},
            ("INVALID_VARIANT", "input.variants.0.price"),
        ),
        (
            PARKA,
            {"productOptions": size("S", "s"), "variants": [variant("S")]},
            ("DUPLICATED_OPTION_VALUE", "input.productOptions.0.values"),
        ),
        (
            PARKA,
            {"collections": ["gid://shopify/Collection/1"]},
            ("NOT_FOUND", "input.collections.0"),
        ),
    ],
)
def test_a_refused_product_set_changes_nothing(
    handle: str | None, given: dict[str, Any], expected: tuple[str, str]
) -> None:
    call = seeded()
    before = call.shop.store.dump()
    assert expected in errors(product_set(call, handle, **given))
    assert before == call.shop.store.dump()
    assert call.shop.counters.writes == 0


def test_an_id_that_is_gone_is_not_created() -> None:
    answer = seeded()(SET, input={"title": "x"}, id={"id": "gid://shopify/Product/99"})[
        "productSet"
    ]
    assert errors(answer) == [("PRODUCT_DOES_NOT_EXIST", "identifier.id")]


def test_one_bad_variant_cancels_all_unless_partial_updates_are_allowed() -> None:
    call = seeded()
    product = by_handle(call)
    ids = [v["id"] for v in product["variants"]["nodes"]]
    given = [{"id": ids[0], "price": "1.00"}, {"id": ids[1], "price": "-2"}]
    refused = call(UPDATE, id=product["id"], variants=given)["productVariantsBulkUpdate"]
    assert errors(refused) == [("NEGATIVE_PRICE_VALUE", "variants.1.price")]
    assert by_handle(call)["variants"]["nodes"][0]["price"] == "199.00"
    partly = call(UPDATE, id=product["id"], variants=given, partly=True)
    assert len(partly["productVariantsBulkUpdate"]["userErrors"]) == 1
    assert by_handle(call)["variants"]["nodes"][0]["price"] == "1.00"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"price": "1"}, "PRODUCT_VARIANT_ID_MISSING"),
        ({"id": "gid://shopify/ProductVariant/1"}, "PRODUCT_VARIANT_DOES_NOT_EXIST"),
    ],
)
def test_a_variant_must_be_named_and_of_this_product(given: dict[str, Any], code: str) -> None:
    call = seeded()
    answer = call(UPDATE, id=by_handle(call)["id"], variants=[given])["productVariantsBulkUpdate"]
    assert code == answer["userErrors"][0]["code"]


def test_a_sku_is_no_field_of_the_bulk_input() -> None:
    body = seeded().body(UPDATE, id="gid://shopify/Product/1", variants=[{"sku": "x"}])
    assert body["errors"][0]["extensions"]["code"] == "INVALID_VARIABLE"


def test_text_that_is_no_amount_is_refused_as_a_whole() -> None:
    call = seeded()
    product = by_handle(call)
    given = [{"id": product["variants"]["nodes"][0]["id"], "price": "cheap"}]
    assert (
        "'cheap' is not a valid Money"
        in call.body(UPDATE, id=product["id"], variants=given)["errors"][0]["message"]
    )


def test_a_variant_s_change_bumps_the_product_and_no_change_bumps_nothing() -> None:
    clock = FakeClock()
    call = seeded(clock)
    before = by_handle(call)
    first = before["variants"]["nodes"][0]
    same = [{"id": first["id"], "price": first["price"]}]
    call(UPDATE, id=before["id"], variants=same)
    assert before == by_handle(call)
    clock.advance(5)
    call(UPDATE, id=before["id"], variants=[{"id": first["id"], "price": "5"}])
    after = by_handle(call)
    assert (
        "2026-01-01T00:00:05Z" == after["updatedAt"] == after["variants"]["nodes"][0]["updatedAt"]
    )
    assert before["variants"]["nodes"][1] == after["variants"]["nodes"][1]


def test_variants_are_added_and_removed_but_not_the_last() -> None:
    call = seeded()
    product = by_handle(call)
    added = call(
        """mutation($id: ID!, $v: [ProductVariantsBulkInput!]!) {
          productVariantsBulkCreate(productId: $id, variants: $v) {
            productVariants { id title } userErrors { code field } } }""",
        id=product["id"],
        v=[variant("XXL", price="210"), variant("3XL")],
    )["productVariantsBulkCreate"]
    assert [v["title"] for v in added["productVariants"]] == ["XXL", "3XL"]
    again = call(
        """mutation($id: ID!, $v: [ProductVariantsBulkInput!]!) {
          productVariantsBulkCreate(productId: $id, variants: $v)
          { userErrors { code field } } }""",
        id=product["id"],
        v=[variant("xxl")],
    )["productVariantsBulkCreate"]
    assert errors(again) == [("VARIANT_ALREADY_EXISTS_CHANGE_OPTION_VALUE", "variants.0")]
    delete = """mutation($id: ID!, $v: [ID!]!) {
      productVariantsBulkDelete(productId: $id, variantsIds: $v) { userErrors { code field } } }"""
    ids = [v["id"] for v in by_handle(call)["variants"]["nodes"]]
    last = call(delete, id=product["id"], v=ids)["productVariantsBulkDelete"]
    assert errors(last) == [("CANNOT_DELETE_LAST_VARIANT", "variantsIds")]
    call(delete, id=product["id"], v=ids[1:])
    assert [v["title"] for v in by_handle(call)["variants"]["nodes"]] == ["S"]


def test_product_update_edits_and_refuses() -> None:
    call = seeded()
    product = by_handle(call)
    text = """mutation($p: ProductUpdateInput!) { productUpdate(product: $p) {
      product { title status handle } userErrors { field message } } }"""
    done = call(text, p={"id": product["id"], "title": "Parka 2", "status": "ARCHIVED"})
    assert tuple(done["productUpdate"]["product"].values()) == ("Parka 2", "ARCHIVED", PARKA)
    blank = call(text, p={"id": product["id"], "title": ""})["productUpdate"]
    assert blank["userErrors"] == [{"field": ["title"], "message": "Title can't be blank"}]
    taken = call(text, p={"id": product["id"], "handle": "felt-slippers"})["productUpdate"]
    assert "Handle 'felt-slippers' already in use" in taken["userErrors"][0]["message"]


def test_an_option_is_added_to_the_variants_there_are() -> None:
    call = seeded()
    product = by_handle(call)
    text = """mutation($id: ID!, $o: [OptionCreateInput!]!) {
      productOptionsCreate(productId: $id, options: $o) { product { options { name values } }
        userErrors { code field } } }"""
    options = [{"name": "Colour", "values": [{"name": "Red"}, {"name": "Blue"}]}]
    done = call(text, id=product["id"], o=options)["productOptionsCreate"]
    assert done["userErrors"] == []
    assert [option["name"] for option in done["product"]["options"]] == ["Size", "Colour"]
    assert by_handle(call)["variants"]["nodes"][0]["title"] == "S / Red"
    twice = call(text, id=product["id"], o=options)["productOptionsCreate"]
    assert errors(twice) == [("OPTION_ALREADY_EXISTS", "options.0")]


def test_more_than_250_entries_in_a_list_are_refused() -> None:
    call = seeded()
    many = [{"id": "gid://shopify/ProductVariant/1"}] * 251
    assert call.code(UPDATE, id="gid://shopify/Product/1007", variants=[*many] * 9) != "BAD_REQUEST"
    text = """mutation($t: [String!]!) { tagsAdd(id: "gid://shopify/Product/1007", tags: $t) {
      userErrors { message } } }"""
    assert call.code(text, t=["x"] * 251) == "MAX_INPUT_SIZE_EXCEEDED"


def test_collections_take_products_and_are_found_on_them() -> None:
    call = seeded()
    made = call(
        'mutation { collectionCreate(collection: {title: "Sale"}) { collection { id handle }'
        " userErrors { message } } }"
    )["collectionCreate"]["collection"]
    product = by_handle(call)
    call(
        "mutation($id: ID!, $p: [ID!]!) { collectionAddProducts(id: $id, productIds: $p)"
        " { userErrors { message } } }",
        id=made["id"],
        p=[product["id"]],
    )
    found = call(
        "query($id: ID!) { collection(id: $id) { products(first: 3) { nodes { id } } } }",
        id=made["id"],
    )
    assert [{"id": product["id"]}] == found["collection"]["products"]["nodes"]
