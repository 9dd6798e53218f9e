"""The fields of each entity, as people see them when they write a mapping."""

from __future__ import annotations

from collections.abc import Mapping

from ...endpoint import FieldInfo

_VARIANT_FIELDS = """
id char - gid://shopify/ProductVariant/1
legacyResourceId char - 1
title char - M
sku char w SHIRT-M
barcode char w 4006381333931
price decimal w 19.90
compareAtPrice decimal w 24.90
position integer -
taxable boolean w
options json w {"Size": "M"}
inventoryItem.id char - gid://shopify/InventoryItem/1
inventoryItem.tracked boolean w
inventoryItem.requiresShipping boolean w
inventoryItem.unitCost decimal w 8.50
inventoryItem.weight decimal w 0.25
createdAt datetime -
updatedAt datetime -
"""

_TABLES: Mapping[str, str] = {
    "category": """
id char - gid://shopify/Collection/1
legacyResourceId char - 1
title char wr Shirts
handle char w shirts
descriptionHtml html w <p>Of cotton</p>
seo.title char w
seo.description text w
sortOrder char w BEST_SELLING
updatedAt datetime -
""",
    "product": """
id char - gid://shopify/Product/1
legacyResourceId char - 1
title char wrt Shirt
handle char w shirt
descriptionHtml html wt <p>Cotton</p>
vendor char w
productType char w
status char w ACTIVE
tags json w ["summer"]
options json w [{"name": "Size", "values": ["S", "M"]}]
sku char wo SHIRT-M
collections json w ["gid://shopify/Collection/1"]
optionTexts texts wt {"Size": "Taille", "Size/Large": "Grand"}
seo.title char wt Cotton shirt
seo.description text wt
image image w gid://shopify/MediaImage/1@1700000000
furtherImages images w ["gid://shopify/MediaImage/2@1700000000"]
images json - [{"url": "https://cdn.example.com/shirt.png"}]
metafields json w {"custom": {"material": "cotton"}}
createdAt datetime -
updatedAt datetime -
"""
    + "variants.imageId char - gid://shopify/MediaImage/1\n"
    + "".join(f"variants.{row}\n" for row in _VARIANT_FIELDS.strip().splitlines()),
    "variant": _VARIANT_FIELDS
    + """product.id char w gid://shopify/Product/1
image image w gid://shopify/MediaImage/1@1700000000
images json -
""",
    "price": """
id char - gid://shopify/ProductVariant/1
price decimal w 19.90
compareAtPrice decimal w 24.90
sku char -
product.id char -
updatedAt datetime -
""",
    "market_price": """
id char - gid://shopify/ProductVariant/1
sku char -
product.id char -
prices.list char - gid://shopify/PriceList/1
prices.currency char - EUR
prices.price decimal w 17.90
prices.compareAtPrice decimal w 22.90
""",
    "company": """
id char - gid://shopify/Company/1
name char - Example Trading
externalId char - ET-1
note text -
taxRegistrationId char - DE123456788
phone char - +4930123456
address json - {"address1": "1 Road", "city": "Berlin", "countryCode": "DE"}
mainLocation json - {"id": "gid://shopify/CompanyLocation/1", "name": "Berlin"}
locations json - [{"id": "gid://shopify/CompanyLocation/2", "name": "Hamburg"}]
createdAt datetime -
updatedAt datetime -
""",
    "customer": """
id char - gid://shopify/Customer/1
legacyResourceId char - 1
firstName char w Ada
lastName char w Lovelace
displayName char -
email char w ada@example.com
phone char w +4930123456
emailConsent char w SUBSCRIBED
note text w
tags json w
taxExempt boolean w
state char - ENABLED
locale char w de
defaultAddress.address1 char w
defaultAddress.address2 char w
defaultAddress.city char w
defaultAddress.zip char w
defaultAddress.countryCode char w
defaultAddress.provinceCode char w
defaultAddress.company char w
defaultAddress.phone char w
defaultAddress.name char w
defaultAddress json w
addresses json w
companies json -
createdAt datetime -
updatedAt datetime -
""",
    "order": """
id char - gid://shopify/Order/1
legacyResourceId char - 1
name char - #1001
number integer - 1001
createdAt datetime -
updatedAt datetime -
processedAt datetime w
cancelled boolean w
cancelledAt datetime -
cancelReason char w
closedAt datetime -
confirmed boolean -
test boolean -
edited boolean -
email char w
phone char w
note text w
tags json w
currencyCode char w EUR
presentmentCurrencyCode char - EUR
taxesIncluded boolean w
taxExempt boolean -
dutiesIncluded boolean -
displayFinancialStatus char w PAID
displayFulfillmentStatus char - UNFULFILLED
returnStatus char - NO_RETURN
sourceName char - web
sourceIdentifier char w
customAttributes json w {"gift": "yes"}
company json -
poNumber char w
paymentGatewayNames json -
discountCodes json -
customer.id char w
billingAddress json w
shippingAddress json w
subtotalPrice.amount decimal -
totalDiscounts.amount decimal -
totalShippingPrice.amount decimal -
totalTax.amount decimal -
totalTipReceived.amount decimal -
totalPrice.amount decimal -
originalTotalPrice.amount decimal -
currentTotalPrice.amount decimal -
totalReceived.amount decimal -
totalRefunded.amount decimal -
totalOutstanding.amount decimal -
kept.totalPrice.amount decimal -
kept.totalTax.amount decimal -
lines json w
shippingLines json w
charges json -
taxLines json -
discounts json -
transactions json w
refunds json w
returns json w
fulfillments json w
fulfillmentOrders json -
locationId char - gid://shopify/Location/1
""",
    "stock": """
id char - gid://shopify/InventoryLevel/1?inventory_item_id=1
item char - gid://shopify/InventoryItem/1
variant char wr gid://shopify/ProductVariant/1
location char wr gid://shopify/Location/1
sku char -
tracked boolean -
available integer wr 7
on_hand integer - 9
committed integer - 2
incoming integer - 0
reserved integer - 0
updatedAt datetime -
""",
}


def fields_of(entity: str) -> dict[str, FieldInfo]:
    """Field name → what it is."""
    return _fields(_TABLES[entity])


def _fields(table: str) -> dict[str, FieldInfo]:
    """Fields from lines «name type [flags] [sample]»: w = writable, r = required on create, t =
    translated, o = only writable (a product's `sku` finds it by any of its variants; they are what
    is read)."""
    fields = {}
    for text in table.strip().splitlines():
        name, kind, flags, sample = (*text.split(maxsplit=3), "", "")[:4]
        fields[name] = FieldInfo(
            name,
            kind,
            readable="o" not in flags,
            writable="w" in flags,
            required="r" in flags,
            sample=sample,
            translated="t" in flags,
        )
    return fields
