"""Sentences of WooCommerce's client about single records."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

WOOCOMMERCE = (
    _lt("The answer to %(name)s is not what WooCommerce documents: %(why)s."),
    _lt("WooCommerce refused: %(said)s"),
    _lt("WooCommerce has no entity named %(name)s."),
    _lt("The shop gave rows of %(path)s from before the time that was asked for."),
    _lt(
        "Look for a plugin that changes WooCommerce's REST API (its filter by time), and "
        "switch that off."
    ),
    _lt("The shop gives the same page of %(path)s again and again."),
    _lt(
        "Look for a plugin or cache that changes WooCommerce's REST API (its paging), and "
        "switch that off."
    ),
    _lt("WooCommerce has no natural key %(key)s for %(name)s."),
    _lt("WooCommerce did not remove a webhook: %(said)s"),
    _lt("Remove it under WooCommerce → Settings → Advanced → Webhooks."),
    _lt("WooCommerce refused a webhook: %(said)s"),
    _lt("Use a public address on port 80, 443 or 8080: the shop blocks others."),
    _lt("WooCommerce answered without a result."),
    _lt("%(id)s is no category of the shop."),
    _lt("%(id)s is no customer of the shop."),
    _lt("The field takes a state of an order, without «wc-»."),
    _lt("Use pending, processing, on-hold, completed, cancelled, refunded or failed."),
    _lt("The field takes %(what)s."),
    _lt("text"),
    _lt("true or false"),
    _lt("a whole number"),
    _lt("an amount"),
    _lt("a time"),
    _lt("an e-mail"),
    _lt("one of %(names)s"),
    _lt("an id of the shop"),
    _lt("Map it as char, text or html."),
    _lt("Map it as boolean."),
    _lt("Map it to an integer (transform to_int)."),
    _lt("Map it as decimal or monetary."),
    _lt("Map it as datetime."),
    _lt("Give the record a valid e-mail, or filter it out."),
    _lt("Map its values to these."),
    _lt("Map it as a reference."),
    _lt("one of the further images is on the product no more, and there is no address to fetch it"),
    _lt("there is no address to fetch the image from"),
    _lt("the product has no variations in the shop: its image is the product's"),
    _lt("Set the image on the product in Odoo."),
    _lt(
        "The option %(name)s was changed in Odoo, and the product has variations in the shop "
        "that Odoo does not know or says nothing of: they would be for any value."
    ),
    _lt("Sync those variations first, or make the change in the shop, then retry."),
    _lt(
        "Without the option %(name)s the product's variations in the shop would not be told apart."
    ),
    _lt("Delete the variations that are not sold any more in the shop, then retry."),
    _lt("A line's quantity needs its subtotal and total: the shop does not compute them."),
    _lt("Map quantity, subtotal and total of a line together."),
    _lt("A line needs a product of the shop."),
    _lt("Sync its product first, or map the line to a fee."),
    _lt("A new line needs its product."),
    _lt("Map variant of the lines, or map the line to a fee."),
    _lt("Several variants have no options that tell them apart."),
    _lt("The product has no variations in the shop, and has variants now."),
    _lt("Make it a variable product in the shop, then retry."),
    _lt("A new variant of a variable product needs its options."),
    _lt("Map options of the variants."),
    _lt(
        "The product has the options %(options)s in the shop, and %(name)s is not one: its "
        "variations would be for any value of it."
    ),
    _lt(
        "Add the option to the product and its variations in the shop, or take it out of the "
        "source."
    ),
    _lt("A refund needs an amount above zero."),
    _lt("Map the amount that was given back."),
    _lt("The order is in %(own)s, the refund in %(currency)s."),
    _lt("The options of a variant are written with its product."),
    _lt("Mark options as create_only, or map them in the product's variants."),
    _lt("WooCommerce's client can't %(action)s a %(entity)s."),
    _lt("To %(action)s needs an id."),
    _lt("Report it: a defect."),
    _lt("Another product or variation has this SKU: match by it, or change it."),
    _lt("Look for the SKU in the shop's trash: it keeps it."),
    _lt("Another product has this GTIN: change one of them."),
    _lt("An account of the shop has this e-mail: match by it."),
    _lt("Check that the image's address can be reached."),
    _lt(
        "Look at the order's payment and refunds in the shop; give the money back there or by"
        " hand, then discard the letter."
    ),
    _lt("There is a category of this name below the same parent: match by path."),
)
