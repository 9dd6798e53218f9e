"""Sentences of Odoo's side about orders, refunds and returns, those left to a person included."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

ORDERS = (
    _lt("%(name)s is locked, delivered or invoiced"),
    _lt("Take the goods back, credit the invoice, then cancel the order."),
    _lt("the invoice of %(name)s is not posted"),
    _lt("the integration user %(name)s may not create credit notes"),
    _lt("no more than %(left)s is left of what was invoiced"),
    _lt("its lines come to %(wanted)s, and it gave back %(said)s"),
    _lt("Odoo computes %(held)s for it"),
    _lt("the charge «%(name)s» is of no known kind"),
    _lt(
        "the line «%(name)s» (SKU %(sku)s) has no variant: it is deleted at the shop or "
        "never was one"
    ),
    _lt(
        "Name a product for such lines on the connector («Product for deleted ones»), or "
        "enter the order by hand; then retry."
    ),
    _lt("more was given back of «%(name)s» than is on the line"),
    _lt("Change the line and credit the refund by hand, then retry."),
    _lt("an order without a customer needs a guest's name, e-mail or address"),
    _lt("Complete the order at the shop, or map «guest»."),
    _lt(
        "after a refund of %(off)s the order should come to %(wanted)s %(currency)s, Odoo "
        "computes %(held)s"
    ),
    _lt("Compare the refund's lines and taxes at the shop; credit it by hand."),
    _lt("the location %(name)s belongs to no warehouse"),
    _lt("Map the shop's location to a location inside a warehouse."),
    _lt("Odoo has no pricelist in %(code)s"),
    _lt("Activate %(code)s and create a pricelist in it (Sales › Configuration), then retry."),
    _lt("Odoo has no sales tax of %(taxes)s, and %(why)s"),
    _lt("no rule says which tax it is"),
    _lt(
        "Make a tax rule for it (button «New tax rule» of the dead letter, or Gateway › "
        "Configuration › Tax rules), or let the connector create taxes; then retry."
    ),
    _lt(
        "the totals differ: the shop says %(wanted)s %(currency)s, Odoo computes %(held)s "
        "(%(off)s). %(text)s"
    ),
    _lt(
        "Compare the lines named; usual causes are a product, tax or charge that the mapping "
        "does not carry. Mend the mapping or the tax, then retry."
    ),
    _lt("%(name)s is here, and went no further: %(text)s"),
    _lt("Give the connector's integration user this right, then retry: the order goes on."),
    _lt("it was paid in %(paid)s, and is in %(currency)s"),
    _lt("Register the payment by hand."),
    _lt("left to %(person)s: %(what)s (%(why)s)"),
    _lt("left as it is: %(what)s (%(why)s)"),
    _lt("left to %(person)s: %(what)s"),
    _lt("%(group)s: «%(name)s» added (%(quantity)s)"),
    _lt("%(group)s: «%(name)s» %(field)s %(before)s → %(after)s"),
    _lt("%(group)s: %(what)s of «%(name)s», which was taken off the order here"),
    _lt("cancelled at the shop"),
    _lt("open again at the shop"),
    _lt("it is a quotation"),
    _lt("it is confirmed"),
    _lt("it is locked"),
    _lt("some of its goods have been delivered"),
    _lt("its goods have been delivered"),
    _lt("it has been invoiced"),
    _lt("it is cancelled here"),
    _lt("Changed at the shop"),
    _lt("Refund at the shop"),
    _lt("refund %(number)s of %(amount)s %(currency)s: %(what)s"),
    _lt("the order is cancelled, there is nothing to do"),
    _lt("%(amount)s taken off the order"),
    _lt("%(amount)s are on no line"),
    _lt("%(amount)s are in its amount and on none of its parts"),
    _lt("%(amount)s on a line that is not on the order"),
    _lt("%(amount)s of shipping, which is not on the order"),
    _lt("return %(names)s"),
    _lt("draft credit note on %(name)s"),
    _lt("no credit note could be made: %(error)s"),
    _lt("%(quantity)s × «%(name)s» came back, no delivery of Odoo has them"),
    _lt("Take them into stock by hand (Inventory › Physical Inventory)."),
    _lt("Raise the quantity of the line, or enter an order for what is more."),
    _lt(
        "Take the goods back by a return of the delivery, or credit them by a credit note of "
        "the invoice."
    ),
    _lt("Add the line, or enter an order for it."),
    _lt(
        "Take the goods back by a return of the delivery, or credit the line by a credit "
        "note of the invoice."
    ),
    _lt("Add the line again where it is to be sent, or take it off at the shop too."),
    _lt(
        "Change price, discount and taxes of the line, or settle the difference by a credit "
        "note or a further invoice."
    ),
    _lt("Set the quantity of the line to 0 and add the other product."),
    _lt("Tell whoever sends or bills it; change the address where it still matters."),
    _lt("Make the same change by hand where it still matters."),
    _lt("Give the money back in Odoo too: a credit note of the invoice, or a lower order."),
    _lt("Set it to quotation and confirm it, if it is to be delivered."),
    _lt("Let the mapping give one of %(names)s, then retry."),
    _lt("a refund without an id, or with a line that names none, can't be carried out once"),
    _lt("Let the mapping give «id» of each refund and «line» of each of its lines."),
    _lt("there is no product for %(what)s any more"),
    _lt("Choose one on the connector («%(label)s»), then retry."),
    _lt("%(percent)s %% included in prices («%(name)s», %(country)s)"),
    _lt("%(percent)s %% excluded from prices («%(name)s», %(country)s)"),
    _lt("%(percent)s %% included in prices («%(name)s»)"),
    _lt("%(percent)s %% excluded from prices («%(name)s»)"),
    _lt("empty"),
    _lt("none"),
    _lt("the integration user %(name)s may not create taxes"),
    _lt("the company %(name)s has no country, which a new tax needs"),
)
