"""The mutations. Their payloads select what makes a record, so that no second read is needed."""

from __future__ import annotations

from . import fragments as f
from .document import Document, Repeated

_ERRORS = "userErrors { field message }"
_CODED = "userErrors { field message code }"
_PRODUCT_PARTS = (f.PRODUCT_PARTS,)
_NESTED = "$nested: Int!"

#: Whether a handle is taken, asked of the database and not of the search index, which lags.
BY_HANDLE = Repeated(
    "ProductByHandle",
    "$handle#: String!",
    "m#: productByIdentifier(identifier: { handle: $handle# }) { ...ProductFields }",
    _NESTED,
    _PRODUCT_PARTS,
    writes=False,
)

#: Creates only: without `identifier` it never touches a product that is there, and so its
#: list-replacing semantics have nothing to delete.
PRODUCT_SET = Repeated(
    "ProductCreate",
    "$input#: ProductSetInput!",
    "m#: productSet(input: $input#, synchronous: true) { product { ...ProductFields } "
    f"{_CODED} }}",
    _NESTED,
    _PRODUCT_PARTS,
)

PRODUCT_UPDATE = Repeated(
    "ProductUpdate",
    "$input#: ProductUpdateInput!",
    f"m#: productUpdate(product: $input#) {{ product {{ ...ProductFields }} {_ERRORS} }}",
    _NESTED,
    _PRODUCT_PARTS,
)

PRODUCT_DELETE = Repeated(
    "ProductDelete",
    "$id#: ID!",
    f"m#: productDelete(input: {{ id: $id# }}) {{ deletedProductId {_ERRORS} }}",
    "",
    (),
)

#: New images come last, in their order; `count` is how many they are.
MEDIA_ADD = Repeated(
    "MediaAdd",
    "$id#: ID!, $media#: [CreateMediaInput!], $count#: Int!",
    "m#: productUpdate(product: { id: $id# }, media: $media#) { product { id "
    f"media(last: $count#) {{ nodes {{ __typename id }} }} }} {_ERRORS} }}",
)

#: The moves are carried out one after the other.
MEDIA_MOVE = Repeated(
    "MediaMove",
    "$id#: ID!, $moves#: [MoveInput!]!",
    "m#: productReorderMedia(id: $id#, moves: $moves#) "
    "{ job { id done } mediaUserErrors { field message code } }",
)

#: Whether the shop has carried out what it does by and by.
JOB_STATE = Repeated("JobState", "$id#: ID!", "m#: job(id: $id#) { id done }", writes=False)

#: Takes a file off products; it stays among the shop's files.
FILES_DETACH = Repeated(
    "FilesDetach",
    "$files#: [FileUpdateInput!]!",
    f"m#: fileUpdate(files: $files#) {{ {_CODED} }}",
)

VARIANT_MEDIA_DETACH = Repeated(
    "VariantMediaDetach",
    "$product#: ID!, $media#: [ProductVariantDetachMediaInput!]!",
    f"m#: productVariantDetachMedia(productId: $product#, variantMedia: $media#) {{ {_CODED} }}",
)

STAGED_UPLOADS = Document(
    "StagedUploads",
    "mutation StagedUploads($input: [StagedUploadInput!]!) {\n"
    "  staged: stagedUploadsCreate(input: $input) {\n"
    "    stagedTargets { url resourceUrl parameters { name value } }\n"
    f"    {_ERRORS}\n  }}\n}}\n",
    True,
)

OPTIONS_CREATE = Repeated(
    "OptionsCreate",
    "$product#: ID!, $options#: [OptionCreateInput!]!",
    "m#: productOptionsCreate("
    "productId: $product#, options: $options#, variantStrategy: LEAVE_AS_IS"
    f") {{ product {{ id }} {_CODED} }}",
)

OPTION_RENAME = Repeated(
    "OptionRename",
    "$product#: ID!, $option#: OptionUpdateInput!",
    "m#: productOptionUpdate(productId: $product#, option: $option#, variantStrategy: LEAVE_AS_IS) "
    f"{{ product {{ id }} {_CODED} }}",
)

#: Refused where variants would be the same without the option.
OPTIONS_DELETE = Repeated(
    "OptionsDelete",
    "$product#: ID!, $options#: [ID!]!",
    "m#: productOptionsDelete(productId: $product#, options: $options#, strategy: NON_DESTRUCTIVE) "
    f"{{ product {{ id }} {_CODED} }}",
)

#: With values that no variant has: a reorder names them all.
OPTIONS_HELD = Repeated(
    "OptionsHeld",
    "$product#: ID!",
    "m#: product(id: $product#) { options { id name optionValues { id name } } }",
    writes=False,
)

OPTIONS_REORDER = Repeated(
    "OptionsReorder",
    "$product#: ID!, $options#: [OptionReorderInput!]!",
    "m#: productOptionsReorder(productId: $product#, options: $options#) "
    f"{{ product {{ id }} {_CODED} }}",
)

VARIANTS_CREATE = Repeated(
    "VariantsCreate",
    "$product#: ID!, $variants#: [ProductVariantsBulkInput!]!, $media#: [CreateMediaInput!]",
    "m#: productVariantsBulkCreate(productId: $product#, variants: $variants#, media: $media#) "
    f"{{ productVariants {{ ...OwnVariantFields }} {_CODED} }}",
    "",
    (f.OWN_VARIANT,),
)

#: Partial updates are allowed: one refused variant leaves the others be.
VARIANTS_UPDATE = Repeated(
    "VariantsUpdate",
    "$product#: ID!, $variants#: [ProductVariantsBulkInput!]!, $media#: [CreateMediaInput!]",
    "m#: productVariantsBulkUpdate(productId: $product#, variants: $variants#, media: $media#, "
    "allowPartialUpdates: true"
    f") {{ productVariants {{ ...OwnVariantFields }} {_CODED} }}",
    "",
    (f.OWN_VARIANT,),
)

VARIANTS_DELETE = Repeated(
    "VariantsDelete",
    "$product#: ID!, $ids#: [ID!]!",
    f"m#: productVariantsBulkDelete(productId: $product#, variantsIds: $ids#) {{ {_CODED} }}",
)

#: At most 25 metafields of one owner, all or none of them.
METAFIELDS_SET = Repeated(
    "MetafieldsSet",
    "$given#: [MetafieldsSetInput!]!",
    f"m#: metafieldsSet(metafields: $given#) {{ metafields {{ id }} {_CODED} }}",
)

METAFIELDS_DELETE = Repeated(
    "MetafieldsDelete",
    "$given#: [MetafieldIdentifierInput!]!",
    f"m#: metafieldsDelete(metafields: $given#) {{ deletedMetafields {{ key }} {_ERRORS} }}",
)

#: Whether a collection's handle is taken.
COLLECTION_BY_HANDLE = Repeated(
    "CollectionByHandle",
    "$handle#: String!",
    "m#: collectionByIdentifier(identifier: { handle: $handle# }) { ...CategoryFields }",
    "",
    (f.CATEGORY,),
    writes=False,
)

COLLECTION_CREATE = Repeated(
    "CollectionCreate",
    "$input#: CollectionCreateInput!",
    f"m#: collectionCreate(collection: $input#) {{ collection {{ ...CategoryFields }} {_ERRORS} }}",
    "",
    (f.CATEGORY,),
)

COLLECTION_UPDATE = Repeated(
    "CollectionUpdate",
    "$input#: CollectionUpdateInput!",
    f"m#: collectionUpdate(collection: $input#) {{ collection {{ ...CategoryFields }} {_ERRORS} }}",
    "",
    (f.CATEGORY,),
)

#: Creates only: without `identifier` it never replaces the addresses of a customer that is there.
CUSTOMER_CREATE = Repeated(
    "CustomerCreate",
    "$input#: CustomerSetInput!",
    f"m#: customerSet(input: $input#) {{ customer {{ ...CustomerFields }} {_CODED} }}",
    f"{_NESTED}, $companies: Boolean!",
    (f.CUSTOMER, f.ADDRESS),
)

CUSTOMER_UPDATE = Repeated(
    "CustomerUpdate",
    "$input#: CustomerInput!",
    f"m#: customerUpdate(input: $input#) {{ customer {{ ...CustomerFields }} {_ERRORS} }}",
    f"{_NESTED}, $companies: Boolean!",
    (f.CUSTOMER, f.ADDRESS),
)

CUSTOMER_CONSENT = Repeated(
    "CustomerConsent",
    "$input#: CustomerEmailMarketingConsentUpdateInput!",
    "m#: customerEmailMarketingConsentUpdate(input: $input#) "
    f"{{ customer {{ ...CustomerFields }} {_CODED} }}",
    f"{_NESTED}, $companies: Boolean!",
    (f.CUSTOMER, f.ADDRESS),
)

ADDRESS_CREATE = Repeated(
    "AddressCreate",
    "$customer#: ID!, $address#: MailingAddressInput!, $main#: Boolean!",
    "m#: customerAddressCreate(customerId: $customer#, address: $address#, setAsDefault: $main#) "
    f"{{ address {{ id }} {_ERRORS} }}",
)

ADDRESS_UPDATE = Repeated(
    "AddressUpdate",
    "$customer#: ID!, $id#: ID!, $address#: MailingAddressInput!",
    "m#: customerAddressUpdate(customerId: $customer#, addressId: $id#, address: $address#) "
    f"{{ address {{ id }} {_ERRORS} }}",
)

ADDRESS_DELETE = Repeated(
    "AddressDelete",
    "$customer#: ID!, $id#: ID!",
    "m#: customerAddressDelete(customerId: $customer#, addressId: $id#) "
    f"{{ deletedAddressId {_ERRORS} }}",
)

STOCK_SET = Document(
    "StockSet",
    """mutation StockSet($input: InventorySetQuantitiesInput!, $key: String!) {
  m0: inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id }
    userErrors { field message code }
  }
}
""",
    writes=True,
)

STOCK_ACTIVATE = Repeated(
    "StockActivate",
    "$item#: ID!, $location#: ID!, $available#: Int, $key#: String!",
    "m#: inventoryActivate("
    "inventoryItemId: $item#, locationId: $location#, available: $available#"
    f") @idempotent(key: $key#) {{ inventoryLevel {{ ...LevelFields item {{ ...ItemFields }} }} "
    f"{_ERRORS} }}",
    "",
    (f.LEVEL, f.ITEM),
)

#: Stock is left alone: Odoo tells the shop what is left. The answer names the lines, in order.
ORDER_CREATE = Repeated(
    "OrderCreate",
    "$order#: OrderCreateOrderInput!",
    "m#: orderCreate(order: $order#, options: { inventoryBehaviour: BYPASS }) { order { id "
    "lineItems(first: $nested) { nodes { id quantity } pageInfo { hasNextPage endCursor } } "
    f"shippingLines(first: 5) {{ nodes {{ id }} }} }} {_CODED} }}",
    _NESTED,
)

ORDER_UPDATE = Repeated(
    "OrderUpdate",
    "$input#: OrderInput!",
    f"m#: orderUpdate(input: $input#) {{ order {{ id }} {_ERRORS} }}",
)

#: Goods go back to what can be sold; money is given back by a person.
ORDER_CANCEL = Repeated(
    "OrderCancel",
    "$id#: ID!, $reason#: OrderCancelReason!",
    "m#: orderCancel(orderId: $id#, reason: $reason#, restock: true) "
    "{ job { id } userErrors: orderCancelUserErrors { field message code } }",
)

FULFILLMENT_CREATE = Repeated(
    "FulfillmentCreate",
    "$given#: FulfillmentInput!",
    f"m#: fulfillmentCreate(fulfillment: $given#) {{ fulfillment {{ id }} {_ERRORS} }}",
)

FULFILLMENT_TRACK = Repeated(
    "FulfillmentTrack",
    "$id#: ID!, $tracking#: FulfillmentTrackingInput!, $notify#: Boolean!",
    "m#: fulfillmentTrackingInfoUpdate("
    "fulfillmentId: $id#, trackingInfoInput: $tracking#, notifyCustomer: $notify#"
    f") {{ fulfillment {{ id }} {_ERRORS} }}",
)

FULFILLMENT_CANCEL = Repeated(
    "FulfillmentCancel",
    "$id#: ID!",
    f"m#: fulfillmentCancel(id: $id#) {{ fulfillment {{ id }} {_ERRORS} }}",
)

#: Each has a key: a try whose answer was lost is not carried out twice.
REFUND_CREATE = Repeated(
    "RefundCreate",
    "$input#: RefundInput!, $key#: String!",
    f"m#: refundCreate(input: $input#) @idempotent(key: $key#) {{ refund {{ id }} {_ERRORS} }}",
)

RETURN_CREATE = Repeated(
    "ReturnCreate",
    "$input#: ReturnInput!",
    f"m#: returnCreate(returnInput: $input#) {{ return {{ id }} {_CODED} }}",
)

#: Closed without being processed: that restocks nothing, and gives nothing back.
RETURN_CLOSE = Repeated(
    "ReturnClose",
    "$id#: ID!",
    f"m#: returnClose(id: $id#) {{ return {{ id status }} {_CODED} }}",
)

WEBHOOK_CREATE = Document(
    "WebhookCreate",
    """mutation WebhookCreate(
  $topic: WebhookSubscriptionTopic!, $input: WebhookSubscriptionInput!
) {
  m0: webhookSubscriptionCreate(topic: $topic, webhookSubscription: $input) {
    webhookSubscription { id topic uri format includeFields filter }
    userErrors { field message }
  }
}
""",
    writes=True,
)

WEBHOOK_UPDATE = Document(
    "WebhookUpdate",
    """mutation WebhookUpdate($id: ID!, $input: WebhookSubscriptionInput!) {
  m0: webhookSubscriptionUpdate(id: $id, webhookSubscription: $input) {
    webhookSubscription { id topic uri format includeFields filter }
    userErrors { field message }
  }
}
""",
    writes=True,
)

WEBHOOK_DELETE = Repeated(
    "WebhookDelete",
    "$id#: ID!",
    """  m#: webhookSubscriptionDelete(id: $id#) {
    deletedWebhookSubscriptionId
    userErrors { field message }
  }""",
)
