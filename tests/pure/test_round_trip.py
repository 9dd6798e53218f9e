"""Shop → Odoo → shop changes nothing in the shop, and the second run writes nothing: each entity of
both platforms, through the shipped mappings, on records of any content."""

from __future__ import annotations

from datetime import timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway_ng.lib.platforms.woocommerce.shapes_order import Around
from gateway_ng.lib.platforms.woocommerce.shapes_order import order as shaped
from gateway_ng.lib.tags import tag_set
from gateway_ng.tests.pure import test_shopify_golden, test_woocommerce_golden
from gateway_ng.tests.pure.round_trip import MAPPINGS, Trip

quick = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
#: Both shops trim what they are given.
PRINTED = st.characters(blacklist_categories=("Cs", "Cc"))
TEXT = st.one_of(
    st.text(PRINTED, max_size=20),
    st.sampled_from(
        [
            "",
            " ",
            "Zoë 🧦👩‍👩‍👧 «Ünï»",
            '12" <XL> & Co',
            "عربى‏",
            "e\u0301 ﬁ",
            "x" * 3000,
            "= SUM(A1)",
            'O\'Neil \\ "q"',
        ]
    ),
).map(str.strip)
SAID = TEXT.filter(bool)
MAYBE = st.none() | TEXT
HTML = st.one_of(
    MAYBE, st.sampled_from(["<p>A &amp; B</p>", "<b>x", "<script>x()</script>", "a < b"])
)
AMOUNT = st.one_of(
    st.decimals(0, 10**9, places=2),
    st.sampled_from(
        [Decimal(0), Decimal("0.005"), Decimal("1E+3"), Decimal("0.1234567890"), Decimal(10) ** 14]
    ),
)
WEIGHT = st.sampled_from([None, Decimal(0), Decimal("0.25"), Decimal("0.0004536"), Decimal(999)])
COUNT = st.integers(0, 10**7)
MOMENT = st.datetimes(timezones=st.just(timezone.utc)).map(lambda t: t.replace(microsecond=0))
#: As a client tells them.
TAGS = st.lists(SAID.filter(lambda text: "," not in text), max_size=4).map(tag_set)


def record(absent: tuple[str, ...] = (), **fields: Any) -> Any:
    """Records of these fields; those of `absent` may be hidden by scopes."""
    hidden = {name: fields.pop(name) for name in absent}
    return st.fixed_dictionaries({"id": st.just("1"), **fields}, optional=hidden)


def shopify_address(id_: str) -> Any:
    texts = ("name", "company", "address1", "address2", "city", "zip", "provinceCode", "phone")
    fields = {"countryCode": st.sampled_from([None, "FR", "US"]), **dict.fromkeys(texts, MAYBE)}
    return st.fixed_dictionaries({"id": st.just(id_), **fields})


def of_parts(*names: str, **more: Any) -> Any:
    return st.fixed_dictionaries({**dict.fromkeys(names, TEXT), **more})


SIDE = ("first_name", "last_name", "company", "address_1", "address_2", "city", "postcode", "state")
WOO_SIDE = of_parts(*SIDE, "phone", country=st.sampled_from(["", "FR", "DE"]))
OPTIONS = [{"name": "Size", "values": ["S", "M"]}]


def variants(**fields: Any) -> Any:
    """Two variants of these fields, or one without options."""
    one = [{"id": st.just("11"), "options": st.just({}), **fields}]
    two = [
        {"id": st.just(id_), "options": st.just({"Size": size}), **fields}
        for id_, size in (("11", "S"), ("12", "M"))
    ]
    return st.one_of(*[st.tuples(*map(st.fixed_dictionaries, each)) for each in (one, two)])


#: (platform, entity) → its records, as the client gives them.
RECORDS = {
    ("shopify", "category"): record(title=SAID),
    ("shopify", "product"): record(
        title=SAID,
        descriptionHtml=HTML,
        status=st.sampled_from(["ACTIVE", "DRAFT", "ARCHIVED"]),
        tags=TAGS,
        options=st.just(OPTIONS),
        collections=st.just([]),
        variants=variants(
            sku=MAYBE,
            barcode=MAYBE,
            price=AMOUNT,
            inventoryItem=st.fixed_dictionaries({"weight": WEIGHT, "tracked": st.booleans()}),
        ).map(list),
    ),
    ("shopify", "variant"): record(
        sku=MAYBE, barcode=MAYBE, inventoryItem=st.fixed_dictionaries({"weight": WEIGHT})
    ),
    ("shopify", "price"): record(price=AMOUNT, compareAtPrice=st.none() | AMOUNT),
    ("shopify", "customer"): record(
        ("email", "phone", "defaultAddress", "companies"),
        firstName=MAYBE,
        lastName=MAYBE,
        displayName=SAID,
        email=st.sampled_from([None, "ada@example.com", "a+b@exämple.com"]),
        phone=st.sampled_from([None, "", "+33123456789", "0123 45"]),
        note=HTML,
        defaultAddress=st.none() | shopify_address("8"),
        companies=st.lists(st.just({"id": "31"}), max_size=1),
        addresses=st.lists(shopify_address("9"), max_size=1),
    ),
    ("woocommerce", "category"): record(name=SAID, parent=st.sampled_from([None, "5"]), path=SAID),
    ("woocommerce", "product"): record(
        name=SAID,
        type=st.sampled_from(["simple", "variable", "external"]),
        description=HTML.map(lambda text: text or ""),
        status=st.sampled_from(["publish", "draft", "private", "pending", "trash"]),
        virtual=st.booleans(),
        tags=TAGS,
        categories=st.just([]),
        options=st.just(OPTIONS),
        variants=variants(
            sku=TEXT,
            global_unique_id=st.sampled_from(["", "4006381333931", "ABC"]),
            regular_price=st.none() | AMOUNT,
            weight=WEIGHT,
            manage_stock=st.booleans(),
        ).map(list),
    ),
    ("woocommerce", "variant"): record(
        ("global_unique_id",),
        sku=TEXT,
        global_unique_id=st.sampled_from(["", "4006381333931"]),
        weight=WEIGHT,
    ),
    ("woocommerce", "price"): record(
        regular_price=st.none() | AMOUNT,
        sale_price=st.none() | AMOUNT,
        date_on_sale_from=st.none() | MOMENT,
        date_on_sale_to=st.none() | MOMENT,
    ),
    ("woocommerce", "customer"): record(
        first_name=TEXT,
        last_name=TEXT,
        email=st.sampled_from(["Ada@Example.COM", "a+b@exämple.com"]),
        username=SAID,
        role=st.sampled_from(["customer", "shop_manager"]),
        billing=WOO_SIDE,
        shipping=WOO_SIDE,
    ),
}
STOCKED = st.fixed_dictionaries({"sold": COUNT, "left": COUNT})
KNOWS = {
    "product": {"sale_ok": True},
    "stock": {"free": Decimal(0), "leaving": 0, "known": 0},
    "order": {"fulfillments": [], "delivery_status": None, "partner_invoice_id": None},
}
TIED = {
    "category": {"5": "55"},
    "company": {"31": "81"},
    "variant": {"1": "o1"},
    "location": {"shop": "L"},
    "price_list": {"21": "7", "22": "8"},
}
ENTITIES = sorted(
    (path.parent.name, path.name.partition(".")[0])
    for path in MAPPINGS.glob("*/*.export.json")
    if path.with_name(path.name.replace("export", "import")).exists()
)


#: What Odoo says of a variant without a sale, where the connector has a price list for them.
NO_SALE = dict.fromkeys(("compare_at_price", "sale_price", "sale_from", "sale_to"))


def test_every_entity_with_both_directions_makes_the_trip():
    apart = {(platform, name) for platform, _ in ENTITIES for name in ("stock", "order")}
    assert set(ENTITIES) == {*RECORDS, *apart, ("shopify", "market_price")}


@pytest.mark.parametrize("held", [{}, NO_SALE], ids=["no list of sales", "no sale"])
@pytest.mark.parametrize(("platform", "name"), [key for key in RECORDS if key[1] == "price"])
def test_a_price_makes_the_trip_with_its_sale(platform: str, name: str, held: Any) -> None:
    make_the_trip(platform, name, {"price": Decimal(0), **held})


@pytest.mark.parametrize(("platform", "name"), RECORDS, ids=str)
def test_shop_to_odoo_to_shop_changes_nothing(platform: str, name: str) -> None:
    make_the_trip(platform, name, {"price": Decimal(0)})


def make_the_trip(platform: str, name: str, held: dict[str, Any]) -> None:
    @quick
    @given(RECORDS[platform, name])
    def trip(told: Any) -> None:
        # Variants come with their product, and prices with the variant.
        there = {"o1": held} if name in ("variant", "price") else {}
        Trip(platform, name, [told], knows=KNOWS.get(name), tied=TIED, there=there).there_and_back()

    trip()


@quick
@given(st.tuples(st.none() | AMOUNT, st.none() | AMOUNT))
def test_prices_in_price_lists_make_the_trip(prices: Any) -> None:
    def elements(ids: Any, told: Any) -> list[dict[str, Any]]:
        return [{"id": i, "list": i, "price": price} for i, price in zip(ids, told, strict=True)]

    said = {"id": "1", "prices": elements(("21", "22"), prices)}
    there = {"o1": {"prices": elements(("7", "8"), (None, None))}}
    Trip("shopify", "market_price", [said], tied=TIED, there=there).there_and_back()


@pytest.mark.parametrize("platform", ["shopify", "woocommerce"])
def test_what_a_level_can_sell_is_what_the_opening_balance_leaves(platform: str) -> None:
    sold = {"shopify": "available", "woocommerce": "quantity"}[platform]

    @quick
    @given(STOCKED)
    def trip(level: dict[str, int]) -> None:
        on_hand = level["left"] + level["sold"]
        told = {"id": "1", "variant": "1", "location": "shop", "tracked": True, "managed": "yes"}
        told |= {sold: level["left"], "committed": level["sold"], "on_hand": on_hand}
        knows = {**KNOWS["stock"], "free": Decimal(on_hand)}
        Trip(platform, "stock", [told], knows=knows, tied=TIED).there_and_back()

    trip()


def golden(platform: str, name: str) -> dict[str, Any]:
    """The record of a golden order; its goods and its customer are bound."""
    if platform == "shopify":
        return dict(test_shopify_golden.record_of(test_shopify_golden.CASES[name]).fields)
    case = test_woocommerce_golden.CASES[name]
    return shaped(case.row, Around(refunds=case.refunds))


@pytest.mark.parametrize(
    ("platform", "name"),
    [
        *[("shopify", name) for name in test_shopify_golden.CASES],
        *[("woocommerce", name) for name in test_woocommerce_golden.CASES],
    ],
    ids=str,
)
def test_an_order_of_the_shop_is_not_sent_back(platform: str, name: str) -> None:
    told = golden(platform, name)
    goods = {str(v): f"o{v}" for line in told["lines"] for v in _ids(line, "variant", "variantId")}
    people = {str(id_): "o5" for id_ in _ids(told, "customer")}
    tied = {"variant": goods, "customer": people, "location": {"gid://shopify/Location/1": "L"}}
    Trip(platform, "order", [told], knows=KNOWS["order"], tied=tied).there_and_back()


def _ids(fields: dict[str, Any], *names: str) -> list[str]:
    found = [fields.get(name) for name in names]
    return [id_["id"] if isinstance(id_, dict) else id_ for id_ in found if id_]
