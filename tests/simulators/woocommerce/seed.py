"""A small shop to begin with: rates, categories, products of all types, people, orders."""

from __future__ import annotations

from typing import Any

from .store import Row
from .texts import slug

_RATES = (
    ("FR", "20.0000", "TVA 20%", "standard", ""),
    ("FR", "5.5000", "TVA 5,5%", "reduced-rate", ""),
    ("DE", "19.0000", "MwSt 19%", "standard", ""),
    ("DE", "7.0000", "MwSt 7%", "reduced-rate", ""),
    ("BE", "21.0000", "BTW 21%", "standard", ""),
    ("US", "8.8750", "NY Tax", "standard", "NY"),
)


def seed(
    shop: Any, products: int = 6, variable: int = 3, customers: int = 8, orders: int = 12
) -> None:
    """Deterministic; takes its times from the shop's clock, which it moves."""
    seed_rates(shop)
    categories = _categories(shop)
    for number in range(products):
        _simple(shop, number, categories)
    for number in range(variable):
        _variable(shop, number, categories)
    _special(shop)
    people = [_customer(shop, number) for number in range(customers)]
    for number in range(orders):
        order(shop, number, people)


def seed_rates(shop: Any) -> None:
    for country, rate, name, tax_class, state in _RATES:
        shop.store.add(
            "taxes",
            "taxes",
            {"country": country, "rate": rate, "name": name, "class": tax_class, "state": state},
        )
    for name in ("Size", "Color"):
        attribute = {"name": name, "slug": f"pa_{slug(name)}"}
        shop.store.add("attributes", "attributes", attribute)
    shop.store.add("coupons", "posts", {"code": "ten", "type": "percent", "amount": "10"})


def _categories(shop: Any) -> list[int]:
    clothing = shop.make("category", name="Clothing")["id"]
    names = (("T-shirts", clothing), ("Hoodies & Sweats", clothing), ("Mugs", 0))
    return [shop.make("category", name=name, parent=parent)["id"] for name, parent in names]


def _simple(shop: Any, number: int, categories: list[int]) -> Row:
    names = ("Café mug", "Notebook", "Roman “Été”", "Poster", "R&D guide 1 < 2", "Soap")
    row = shop.make(
        "product",
        name=f"{names[number % len(names)]}{'' if number < len(names) else f' {number}'}",
        sku=f"SIM-{number + 1:03d}",
        regular_price=f"{5 + 7 * number}.50",
        description="<p>Long text</p>",
        manage_stock=True,
        stock_quantity=50 + number,
        weight="0.10",
        tax_class="reduced-rate" if number % 3 == 1 else "",
        categories=[{"id": categories[-1]}],
        images=[{"src": f"https://pictures.example.com/{number}.png"}] if number % 3 == 0 else [],
    )
    shop.clock.sleep(1)
    return row


def _variable(shop: Any, number: int, categories: list[int]) -> Row:
    sizes, colors = ("S", "M", "L"), ("Blue", "Red")
    row = shop.make(
        "product",
        name=f"Logo tee {number + 1}",
        sku=f"VAR-{number + 1:02d}",
        type="variable",
        categories=[{"id": categories[number % 2]}],
        attributes=[
            {"id": 1, "variation": True, "visible": True, "options": list(sizes)},
            {"id": 2, "variation": True, "visible": True, "options": list(colors)},
        ],
        images=[{"src": f"https://pictures.example.com/tee-{number}.png"}],
    )
    for at, (size, color) in enumerate((s, c) for s in sizes for c in colors):
        shop.vary(
            row["id"],
            sku=f"VAR-{number + 1:02d}-{size}-{color[:2].upper()}",
            regular_price=f"{15 + number + (2 if size == 'L' else 0)}.00",
            manage_stock=True,
            stock_quantity=20 + at,
            attributes=[{"id": 1, "option": size}, {"id": 2, "option": color}],
            image={"src": f"https://pictures.example.com/{number}-{at}.png"} if at == 2 else None,
        )
    shop.clock.sleep(1)
    return row


def _special(shop: Any) -> None:
    shop.make(
        "product",
        name="Voucher",
        sku="SIM-VOUCHER",
        regular_price="25.00",
        virtual=True,
        tax_status="none",
    )
    shop.make(
        "product",
        name="Elsewhere",
        sku="SIM-EXT",
        regular_price="99",
        type="external",
        external_url="https://example.com/x",
        button_text="Buy there",
    )
    shop.make(
        "product",
        name="Set",
        sku="SIM-SET",
        type="grouped",
        grouped_products=[row["id"] for row in shop.store.rows("products")[:2]],
    )
    shop.clock.sleep(1)


def _customer(shop: Any, number: int) -> Row:
    places = (
        ("FR", "", "75001", "Paris"),
        ("DE", "", "10115", "Berlin"),
        ("BE", "", "1000", "Brussels"),
        ("US", "NY", "10001", "New York"),
    )
    country, state, postcode, city = places[number % 4]
    first, last = f"Ana{number}", ("Martin", "Łukasz", "O’Neil", "Müller")[number % 4]
    address = {
        "first_name": first,
        "last_name": last,
        "address_1": f"{number + 1} rue de la Paix",
        "city": city,
        "postcode": postcode,
        "country": country,
        "state": state,
    }
    row = shop.make(
        "customer",
        email=f"customer{number:02d}@example.com",
        first_name=first,
        last_name=last,
        password="secret",
        billing={**address, "phone": f"+336{number}", "company": "ACME SA" if number == 0 else ""},
    )
    shop.clock.sleep(1)
    return row


def order(shop: Any, number: int, people: list[Row]) -> Row:
    """One order: every fourth by a guest, every third with a coupon, every fifth with a fee."""
    sold = [p for p in shop.store.rows("products") if p["type"] == "simple" and p["manage_stock"]]
    varied = shop.store.rows("variations")
    person = None if number % 4 == 3 else people[number % len(people)]
    billing = (
        dict(person["billing"])
        if person
        else {
            "first_name": "Guest",
            "last_name": f"No{number}",
            "address_1": "1 guest st",
            "city": "Paris",
            "postcode": "75002",
            "country": "FR",
            "email": f"guest{number}@example.org",
        }
    )
    lines: list[dict[str, Any]] = [
        {"product_id": sold[number % len(sold)]["id"], "quantity": 1 + number % 3}
    ]
    if varied:
        one = varied[number % len(varied)]
        lines.append({"product_id": one["parent"], "variation_id": one["id"], "quantity": 2})
    row = shop.make(
        "order",
        customer_id=person["id"] if person else 0,
        billing=billing,
        shipping={k: v for k, v in billing.items() if k != "email"},
        line_items=lines,
        shipping_lines=[{"method_id": "flat_rate", "method_title": "Flat rate", "total": "5.90"}],
        fee_lines=[{"name": "Handling", "total": "2.50"}] if number % 5 == 0 else [],
        coupon_lines=[{"code": "TEN"}] if number % 3 == 0 else [],
        payment_method="bacs",
        payment_method_title="Bank",
        status="completed" if number % 6 == 5 else "processing",
    )
    shop.clock.sleep(1)
    return row
