"""Sentences of Shopify's client about single records."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

SHOPIFY = (
    _lt("The answer to %(name)s is not what Shopify documents: %(why)s."),
    _lt("a JSON object was expected"),
    _lt("it holds no data"),
    _lt("Shopify's bulk operation %(id)s is still running (%(count)s objects so far)."),
    _lt("Nothing to do: the read goes on when it is done."),
    _lt("Shopify gave an empty piece of a bulk operation's file."),
    _lt("%(said)s (even one record at a time)"),
    _lt("This is a defect of the gateway's Shopify client; report it."),
    _lt("Shopify has no entity named %(name)s."),
    _lt("Shopify's answer to %(name)s says that there is more and does not give it."),
    _lt("Resume the run later; if it stays so, check the address that is called."),
    _lt(
        "The price list %(id)s is in %(held)s in the shop, and its price list in Odoo in "
        "%(own)s: no price is carried between two currencies."
    ),
    _lt("Choose a price list in the same currency under «Price lists» of the connector."),
    _lt("The prices of the price list %(id)s can't be read: %(said)s"),
    _lt("Shopify gave a list that is not in the order of ids."),
    _lt("More than %(count)s records changed in the second %(time)s."),
    _lt("Read this entity in full once (delete its watermark) or ask for help."),
    _lt("Shopify has no natural key %(key)s for %(name)s."),
    _lt("Use variant|location."),
    _lt("Shopify answered without the subscription."),
    _lt("Try again."),
    _lt("Shopify's client can't %(action)s a %(entity)s."),
    _lt("An update needs an id."),
    _lt("Report it: a defect of the gateway."),
    _lt("Shopify answered without the %(what)s."),
    _lt("Shopify answered %(name)s without a result."),
    _lt("Shopify answered without a result."),
    _lt("Run again."),
    _lt("The shop takes %(names)s as consent to e-mail marketing."),
    _lt("Let the mapping give one of these, or nothing."),
    _lt("the image %(name)s is not among the product's own images any more"),
    _lt("Retry: the lists are compared anew."),
    _lt("an image that was removed in Odoo stays on the product: %(said)s"),
    _lt("the image before it stays on the product: %(said)s"),
    _lt("Remove it in the shop by hand; the app needs the scope write_files to do it."),
    _lt("the shop was not given the image %(name)s"),
    _lt("Set the image in Odoo again, then retry."),
    _lt("The price list %(id)s is not one of the connector's, or has no writable field %(name)s."),
    _lt(
        "Say under «Price lists» of the connector which lists belong together, and map "
        "prices.price alone."
    ),
    _lt(
        "The product has the option %(name)s in Odoo, and has variants in the shop that Odoo "
        "does not know or says nothing of."
    ),
    _lt(
        "The product has no more the option %(name)s in Odoo, and has variants in the shop "
        "that Odoo does not know or says nothing of."
    ),
    _lt("Sync those variants first, or make the change in the shop, then retry."),
    _lt("Two orders have one source identifier."),
    _lt("Map a value that is unique, like the order's number."),
    _lt("An order needs lines."),
    _lt("Map lines."),
    _lt("Mark %(name)s as create_only in the export mapping."),
    _lt("Shopify answered without the new product."),
    _lt("The %(name)s of a product that is there belongs to its variants."),
    _lt("Map it in variants, or mark it as create_only."),
    _lt("The shop can't note an amount for no units and no shipping without moving money."),
    _lt(
        "%(what)s, or let the shop pay («Refunds of Odoo» on the connector) before the credit"
        " note is posted."
    ),
    _lt("Give the money back in the shop and discard the letter"),
    _lt("A refund needs an amount above zero and a mark of its own."),
    _lt("Map amount and mark of the credit note."),
    _lt(
        "The order is kept in %(own)s and was paid in %(shown)s: a refund of %(currency)s "
        "can't be told to the cent."
    ),
    _lt("The app may not read returns: whether one was made already can't be looked up."),
    _lt("Grant write_returns to the app in the Dev Dashboard, then retry."),
    _lt("A return needs a mark of its own."),
    _lt("Map its mark."),
    _lt("Order %(order)s: the shop takes back whole units only, not %(quantity)s × «%(name)s»."),
    _lt("The units of fulfillment %(id)s can't be changed in the shop."),
    _lt("Cancel the fulfillment in the shop: it is then made again as it is in Odoo."),
    _lt("A fulfillment needs one quantity for each of its lines."),
    _lt("Map lineIds and quantities from the same list."),
    _lt("Shopify gave no places to upload images to."),
    _lt("the place to upload to is no https address"),
    _lt("the image %(name)s could not be uploaded: %(said)s"),
    _lt("Retry; look at the image if it stays."),
    _lt("The same stock request is under way at Shopify."),
    _lt("The shop translates no text that is empty in its own language: %(name)s."),
    _lt("Write it in the connector's language too, or take the translation away."),
    _lt("Shopify has no translations of %(field)s here."),
    _lt(
        "Switch off «Carried in the connector's other languages too» for the field in the mapping."
    ),
    _lt("The shop shows no translations of it."),
    _lt("A new variant needs its product."),
    _lt("Map product.id, or create variants with their product."),
)
