"""The fields of each entity, as people see them when they write a mapping."""

from __future__ import annotations

from collections.abc import Mapping

from ...endpoint import FieldInfo

_PRICES = """
price decimal - 4.00
regular_price decimal w 5.00
sale_price decimal w 4.00
date_on_sale_from datetime w
date_on_sale_to datetime w
on_sale boolean -
"""
_STOCK = """
manage_stock boolean w
stock_quantity integer w 7
stock_status char w instock
backorders char w no
"""
_VARIANT = (
    """
id char - 48/61
product char - 48
sku char w SHIRT-M
global_unique_id char w 4006381333931
status char w publish
description html w
weight decimal w 0.25
dimensions json w {"length": "10", "width": "5.5", "height": ""}
options json w {"Size": "M"}
virtual boolean w
tax_class char w reduced-rate
tax_status char w taxable
shipping_class char w
image json - {"id": "47", "src": "https://shop.example.com/green.png"}
image_key image w 47@2026-11-21T23:28:54
meta json -
date_modified datetime -
"""
    + _PRICES
    + _STOCK
)

_TABLES: Mapping[str, str] = {
    "category": """
id char - 18
name char wr Hoodies & Sweats
slug char w hoodies-sweats
parent char w 16
path char o Clothing / Hoodies & Sweats
description html w
display char w default
menu_order integer w 0
image json -
count integer - 2
""",
    "product": """
id char - 13
name char wr Mug
slug char w mug
permalink char -
type char w simple
status char w publish
featured boolean w
catalog_visibility char w visible
description html w <p>Cotton</p>
short_description html w
sku char w MUG-1
global_unique_id char w 4006381333931
virtual boolean w
downloadable boolean w
external_url char w
button_text char w
tax_status char w taxable
tax_class char w reduced-rate
weight decimal w 0.25
dimensions json w {"length": "10", "width": "5.5", "height": ""}
shipping_class char w
categories json w ["16", "17"]
tags json w ["new"]
brands json -
images json w [{"id": "11", "src": "https://shop.example.com/red.png"}]
image_key image w 11@2026-11-21T23:28:47
further_image_keys images w ["12@2026-11-21T23:28:48"]
attributes json - [{"name": "Material", "options": ["Cotton"], "variation": false}]
options json w [{"name": "Size", "values": ["S", "M"]}]
grouped_products json - ["21", "22"]
upsells json -
cross_sells json -
menu_order integer w 0
purchase_note text w
reviews_allowed boolean w
sold_individually boolean w
meta json -
date_created datetime -
date_modified datetime -
"""
    + _PRICES
    + _STOCK
    + "".join(f"variants.{row}\n" for row in _VARIANT.splitlines() if row),
    "variant": _VARIANT,
    "price": """
id char - 48/61
product char -
sku char -
date_modified datetime -
"""
    + _PRICES,
    "stock": """
id char - 48/61
variant char wr 48/61
location char wr shop
sku char -
managed char - yes
quantity integer w 7
committed integer - 2
on_hand integer - 9
backorders char -
stock_status char -
date_modified datetime -
""",
    "customer": """
id char - 5
email char wr ada@example.com
first_name char w Ada
last_name char w Lovelace
username char w ada
role char - customer
billing json w
shipping json w
is_paying_customer boolean -
meta json -
date_created datetime -
date_modified datetime -
"""
    + "".join(
        f"{side}.{name} char w\n"
        for side in ("billing", "shipping")
        for name in (
            "first_name",
            "last_name",
            "company",
            "address_1",
            "address_2",
            "city",
            "postcode",
            "country",
            "state",
            "phone",
        )
    )
    + "billing.email char w\n",
    "order": """
id char - 133
number char - 133
status char w processing
cancelled boolean w
completed boolean w
from_odoo boolean -
currency char w EUR
prices_include_tax boolean -
customer char w 5
billing json w
shipping json w
customer_note text w
payment_method char w bacs
payment_method_title char w Bank
transaction_id char w
set_paid boolean o
created_via char - checkout
lines json w
shipping_lines json w
fee_lines json w
coupon_lines json w
tax_lines json -
refunds json w
notes json -
note text o
discount_total decimal - 15.40
discount_tax decimal - 2.55
shipping_total decimal - 5.90
shipping_tax decimal - 1.18
cart_tax decimal - 23.46
total decimal - 164.56
total_tax decimal - 23.46
refunded decimal - 58.79
meta json -
date_created datetime -
date_modified datetime -
date_paid datetime -
date_completed datetime -
""",
}


def fields_of(entity: str) -> dict[str, FieldInfo]:
    """Field name → what it is."""
    return _fields(_TABLES[entity])


def _fields(table: str) -> dict[str, FieldInfo]:
    """Fields from lines «name type [flags] [sample]»: w = writable, r = required on create, o =
    only given (a category's `path` is read as well: it finds one, and follows from its parents)."""
    fields = {}
    for text in table.strip().splitlines():
        if not text.strip():
            continue
        name, kind, flags, sample = (*text.split(maxsplit=3), "", "")[:4]
        fields[name] = FieldInfo(
            name,
            kind,
            readable="o" not in flags or name == "path",
            writable="w" in flags or "o" in flags,
            required="r" in flags,
            sample=sample,
        )
    return fields
