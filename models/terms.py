"""Words that come from below the models (platforms, shipped mappings, the engine), for translation.

A text that is not here, such as a filter that a person named, is shown as it is.
"""

from odoo.tools.translate import LazyTranslate

from .helps import HELPS
from .said import said

_lt = LazyTranslate(__name__)

_CREDENTIALS = (
    _lt("Shop address"),
    _lt("The shop's permanent address, not its storefront's domain."),
    _lt("Admin API access token"),
    _lt("Of a custom app made before 2026. Leave empty for an app of the Dev Dashboard."),
    _lt("Client ID"),
    _lt("Dev Dashboard → the app → Settings. Access tokens are fetched with it."),
    _lt("Client secret"),
    _lt("Dev Dashboard → the app → Settings. Also verifies webhooks."),
    _lt("Address to call instead"),
    _lt(
        "Only for the demo shop that make demo starts, or your own proxy, with any "
        "….myshopify.com name as shop address; http is taken on this machine only."
    ),
    _lt("Bulk operations from … records on"),
    _lt(
        "A full read of at least so many records goes by one of Shopify's bulk operations, which "
        "takes a few minutes to begin and none of the shop's cost budget. 0: never."
    ),
    _lt(
        "The address of the shop's home page. WordPress must have any permalink structure but "
        "Plain."
    ),
    _lt("Consumer key"),
    _lt(
        "WooCommerce → Settings → Advanced → REST API → Add key, of a shop manager, with the "
        "permission Read/Write."
    ),
    _lt("Consumer secret"),
    _lt(
        "WooCommerce → Settings → Advanced → REST API → Add key. It is shown once, beside the "
        "consumer key."
    ),
    _lt("Way of signing in"),
    _lt(
        "auto: basic over https, OAuth over http. query: for a server that drops the Authorization "
        "header."
    ),
    _lt("Unit of weight"),
    _lt("As in WooCommerce → Settings → Products: kg, g, lbs or oz."),
    _lt("Read order notes"),
    _lt("yes: notes come with each order, at one more call an order."),
    _lt("Allow http"),
    _lt("yes: a shop without https is called all the same. On this machine it always is."),
)
_FILTERS = (
    _lt("Only goods"),
    _lt("Only placed orders"),
    _lt("Only tracked items"),
    _lt("Only what is counted by itself"),
    _lt("Only what is sold"),
    _lt("Only with a SKU"),
    _lt("Only with a price"),
    _lt("Only with an e-mail"),
    _lt("No groups of products"),
    _lt("No staff of the shop"),
    _lt("No test orders"),
    _lt("With a price"),
    _lt("gone since the page was read"),
    _lt("only on its own side"),
)
_REASONS = (
    _lt("the sides differ"),
    _lt("left apart by a decision or a take-back"),
    _lt("left apart: changed in Odoo, and this field is carried from the shop only"),
    _lt("left apart: changed in the shop, and this field is carried from Odoo only"),
    _lt("never settled"),
    _lt("changed on both sides, not settled yet"),
    _lt("changed in Odoo, not carried yet"),
    _lt("changed in the shop, not carried yet"),
    _lt("changed in Odoo since it was settled"),
    _lt("changed in the shop since it was settled"),
    _lt("gone from Odoo, still in the shop"),
    _lt("gone from the shop, still in Odoo"),
    _lt("only in Odoo: it was never carried"),
    _lt("only in the shop: it was never carried"),
    _lt("deleted before"),
    _lt("deleted before it was ever bound"),
    _lt("deleted on one side, and left so"),
    _lt("deleted at the source, with more others than the guard lets pass"),
    _lt("deleted at the source; kept, as the mapping says"),
    _lt("has no counterpart, as the mapping wants it"),
    _lt("it is bound no more"),
    _lt("it is not there any more"),
    _lt("nothing was changed"),
    _lt("computed anew at each sync"),
    _lt("edited since"),
    _lt("kept, for it was edited since"),
    _lt("mapped no more"),
    _lt("its line is there no more"),
    _lt("its line was added, which is not taken back"),
    _lt("the changelog does not keep what looks like a secret"),
)
TERMS = {term._source: term for term in (*_CREDENTIALS, *_FILTERS, *_REASONS, *HELPS)}


def term(env, text):
    """`text` in the user's language."""
    known = TERMS.get(text)
    return env._(known) if known else (text and said(env, text)) or text
