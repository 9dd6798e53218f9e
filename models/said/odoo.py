"""Sentences of Odoo's side about products, prices, stock, customers and rights."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

ODOO = (
    _lt("See the server log for the traceback; mend the record or the mapping, then retry."),
    _lt("Change the record or the mapping, then retry."),
    _lt("Give the connector's integration user this right, then retry."),
    _lt("a text of %(length)s characters is longer than the database can index"),
    _lt("Shorten it at its source, or by the transform truncate, then retry."),
    _lt("The category «%(name)s» holds %(what)s"),
    _lt("products"),
    _lt("the categories %(names)s"),
    _lt("Move them to another category in Odoo, then retry."),
    _lt("this contact has an Odoo login, whose e-mail only Odoo may change"),
    _lt("Change the e-mail on the contact in Odoo, then retry."),
    _lt("Odoo has no archive for %(kind)s"),
    _lt("Set on_delete to «keep» or «delete» in the mapping."),
    _lt("«%(name)s» of %(model)s may not be written by a mapping"),
    _lt("Take the field out of the mapping, then retry."),
    _lt("this %(entity)s refers to a record that Odoo would not make a second time"),
    _lt("Sync that record first, then plan again."),
    _lt("Odoo can't take the image: %(error)s"),
    _lt("Replace it in the shop by another one, then retry."),
    _lt("the content of the image is not kept any more"),
    _lt("Set the image by hand."),
    _lt("the file of the image of %(name)s is not there"),
    _lt("Set the image again in Odoo, then retry."),
    _lt("the price list %(key)s of the shop is not mapped to one of Odoo's"),
    _lt("Map it under «Price lists» of the connector, then retry."),
    _lt(
        "Variants of «%(name)s» would have to exchange their options, or take those of one "
        "that stays"
    ),
    _lt(
        "Rename the values one after the other in the shop, with a sync in between, or "
        "archive the variant that is in the way in Odoo, then retry."
    ),
    _lt(
        "Without the option %(option)s several variants of «%(name)s» in Odoo would be the "
        "same: %(which)s"
    ),
    _lt(
        "Archive the variants that are not sold any more in Odoo, or give the option back to "
        "the product in the shop, then retry."
    ),
    _lt("The variant %(name)s has no value for %(option)s, a new option of «%(product)s»"),
    _lt(
        "Let the mapping write the options of variants that exist too, or add the option to "
        "the product in Odoo, then retry."
    ),
    _lt(
        "A variant of «%(product)s» has no value for %(option)s, an option the product has in Odoo"
    ),
    _lt("A variant of «%(product)s» has no value for %(option)s"),
    _lt("Give it a value in the shop, or remove the option from the product in Odoo, then retry."),
    _lt("Give it a value for each option in the shop, then retry."),
    _lt("Another variant of «%(product)s» has this %(field)s"),
    _lt("Several variants of «%(product)s» have the same %(field)s: %(values)s"),
    _lt("Give each variant its own %(field)s in the shop, then retry."),
    _lt("Odoo has no country with the code «%(code)s»"),
    _lt("Correct the country at the source, or add it in Contacts › Configuration."),
    _lt(
        "The variant prices of «%(product)s» are not a list price plus one extra for each "
        "option value: %(listed)s"
    ),
    _lt(
        "Set a pricelist on the connector (it can hold a price for each variant), or make "
        "the prices differ by the same amount for each option value."
    ),
    _lt(
        "The sale of «%(variant)s» can't be %(what)s: the item «%(item)s» (%(price)s) of the "
        "sale price list «%(list)s» would be its sale instead, and is left as it is"
    ),
    _lt("ended"),
    _lt("put off"),
    _lt("Change or remove that item in Odoo, then retry."),
    _lt(
        "The price of «%(variant)s» in the price list «%(list)s» can't be taken away: the "
        "item «%(item)s» (%(price)s) would give it another one, and is left as it is"
    ),
    _lt("Change or remove that item in Odoo, or give the variant a price in the shop, then retry."),
    _lt("the shop gives no quantity, which is not the same as none on hand"),
    _lt("Let the shop count it, or leave such levels out by a filter of the mapping."),
    _lt("a kit has no stock of its own"),
    _lt("Count its components; how many kits they make follows from that."),
    _lt("this location of the shop is not in the connector's location map"),
    _lt("Map it to a location of Odoo on the connector, then retry."),
    _lt(
        "stock has one authority, and it is Odoo: a quantity of the shop is taken over only "
        "once, as the opening balance"
    ),
    _lt("Correct it by an inventory adjustment in Odoo; the next export carries it to the shop."),
    _lt("Odoo tracks no inventory for this product"),
    _lt("Switch on «Track Inventory» on the product, or stop tracking it at the shop, then retry."),
    _lt("«%(name)s» of %(model)s has no translations that a mapping may write"),
    _lt("the sale is carried as %(name)s, and can't be written as sale_price too"),
    _lt("Take sale_price and its dates, or %(name)s, out of the import mapping."),
    _lt("Odoo sends no webhooks to itself"),
    _lt("a %(entity)s without a name"),
    _lt("Name the %(entity)s at the source, or fill in «If empty» of the name in its mapping."),
    _lt("a consent is %(yes)s, %(no)s or nothing"),
    _lt("Let the mapping give one of these."),
    _lt("Odoo refuses the tax number: %(reason)s"),
    _lt("Correct the tax number or the country in the shop, or enter it in Odoo by hand."),
    _lt("Odoo has no entity «%(name)s»"),
    _lt("Known entities: %(names)s."),
    _lt("«%(name)s» can't be looked up by «%(key)s» in Odoo"),
    _lt("Use an entity's natural key or one of the lookups listed for the entity."),
)
