"""Help of types, transforms and fields of shipped mappings, as the mapping editor shows it."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

TYPES_AND_TRANSFORMS = (
    _lt("a day"),
    _lt("a list of texts (tags), or of elements; see «list»"),
    _lt("a moment, kept in UTC"),
    _lt("a product's options in order, each with its values; compared by their order alone"),
    _lt("a whole number of at most 64 bits"),
    _lt("an exact amount of money; the target rounds it by its currency"),
    _lt("an exact number: quantities, weights"),
    _lt("an image, by the name that the source has for it; its content goes with it"),
    _lt("another record, by its id or by a key; see «reference»"),
    _lt("any JSON value, kept as it is"),
    _lt("formatted text, as long as text; the target cleans it"),
    _lt("images in order, each by the name that the source has for it"),
    _lt("one line of text, at most 65,536 characters"),
    _lt("one of a fixed list of words"),
    _lt("text of several lines, at most 1,000,000 characters"),
    _lt(
        "texts by their names, each compared for itself; what the source has no text for "
        "stays as it is at the target"
    ),
    _lt("the same as decimal; binary floats are never used"),
    _lt("true or false"),
    _lt("Plain text of HTML: no tags, scripts or styles, paragraphs on lines of their own."),
    _lt("HTML of plain text: escaped, one paragraph, line breaks kept."),
    _lt("Entities like &amp; become their characters."),
    _lt("The value as it is."),
    _lt("One text of a list of texts and numbers."),
    _lt("One text of the elements that are neither null nor blank: first and last name."),
    _lt("The first element of a list; null when it is empty."),
    _lt("The last element of a list; null when it is empty."),
    _lt("The first element that is neither null nor empty; else null."),
    _lt("Each element once, in the order of their first place."),
    _lt("A list without its null and empty elements."),
    _lt("The elements as texts in alphabetical order, for lists without an order of their own."),
    _lt("Blank text and empty lists become null."),
    _lt("Null becomes empty text."),
    _lt("A list of the one value."),
    _lt("Rounded half up."),
    _lt("Rounded half up to two digits."),
    _lt("An exact decimal number (never a binary float)."),
    _lt("A whole number; what is after the point is cut off."),
    _lt("Text: numbers as digits, true/false as words, times in ISO 8601."),
    _lt("True or false from 1/0, yes/no, y/n, on/off, true/false; empty text is false."),
    _lt("Hundredths of a currency → an amount."),
    _lt("An amount → whole hundredths of a currency."),
    _lt("The number with the other sign."),
    _lt("The number without its sign."),
    _lt("Times a number: a tax rate of 0.19 becomes 19."),
    _lt("Divided by a number."),
    _lt("A weight in kilograms, from a number, or from the list of a number and its unit."),
    _lt("All letters large."),
    _lt("All letters small."),
    _lt("Each word with a large first letter."),
    _lt("Without blanks at both ends."),
    _lt("Every «old» becomes «new»."),
    _lt("At most so many characters; the rest is cut off."),
    _lt("The digits 0 to 9 alone."),
    _lt("An e-mail address without blanks and in small letters; null when it is empty."),
    _lt("Text for an address: small letters and digits, joined by hyphens."),
    _lt("Without control characters (NUL among them) and halves of surrogate pairs."),
    _lt("A country code of two large letters; null when it is empty."),
    _lt("A language code as Odoo writes it; null when it is empty."),
    _lt("A list of the parts between separators, without blanks and without empty parts."),
    _lt("A time from text: ISO 8601, or by a format."),
    _lt("A time that names no zone is in UTC."),
    _lt("A time that names no zone is in this one."),
    _lt("The day of a time, in UTC or in a zone."),
)
FIELDS = (
    _lt("A contact that is no customer of the shop orders as a guest."),
    _lt("A sale's price and its dates are decided together."),
    _lt("All but the default address, which is the contact's own."),
    _lt("Amounts as the order's prices are, with or without their taxes."),
    _lt("As one value: an edit of one side replaces the other side's."),
    _lt("As the connector says under «Refunds of Odoo». What is on no line is money alone."),
    _lt(
        "As the connector says under «Refunds of Odoo». What is on no line of goods and no "
        "shipping is money alone."
    ),
    _lt(
        "As the connector says under «Returns of Odoo». Lines that the shop does not know are"
        " left out."
    ),
    _lt("Before discounts, without taxes: the shop adds those of its own rates."),
    _lt("By the connector's location map; levels elsewhere are left out."),
    _lt("By the connector's location map; the shop has one place."),
    _lt("Charges; and lines that take something off, as the shop knows no negative price."),
    _lt("Drafts are archived products, and so is what goes to the shop's trash."),
    _lt("Drafts are products in Odoo too; archived ones are archived."),
    _lt("Fees; a negative one is a discount that the shop charges as a line."),
    _lt("Finds a category that Odoo has already, by its name below those of its parents."),
    _lt("Finds a product that Odoo has already, by the SKU of any of its variants."),
    _lt(
        "First and last name, of the account or the billing address; without both, the "
        "company, e-mail or user name."
    ),
    _lt("First and last name; without both, the name the shop shows, or the e-mail."),
    _lt("Lines that the shop does not know are left out."),
    _lt(
        "Names of options and values in the languages of the map. Odoo's are all products', "
        "so the shop's do not come in."
    ),
    _lt("Nothing is left to send. What the shop had completed itself stays so."),
    _lt("Null: the shop has deleted what was sold; the line keeps its product."),
    _lt("Of some countries the shop writes DE-BE, of others NY."),
    _lt("Of the main location. One that Odoo refuses is left, with a dead letter that says why."),
    _lt("Only with its country code: the shop takes no other."),
    _lt("Placed, and not paid: the shop takes the goods off its stock."),
    _lt("Since WooCommerce 9.2; older shops have none to tell."),
    _lt(
        "Taken only where the connector has a sale price list. It is decided together with "
        "the price."
    ),
    _lt("The first category; later the category is Odoo's business."),
    _lt("The first collection; later the category is Odoo's business."),
    _lt(
        "The first company that the customer buys for. None leaves the one that a person gave"
        " in Odoo."
    ),
    _lt("The first image."),
    _lt("The first word of the name; the rest is the last name."),
    _lt("The gateway of the first payment that is no gift card."),
    _lt(
        "The other locations, and where the main one has its goods sent, if that is another place."
    ),
    _lt("The shipping address, where it is another than the billing address."),
    _lt(
        "The shop calls what is completed paid; an order made in Odoo is that only by a "
        "payment in the shop."
    ),
    _lt("The shop fetches it from Odoo's address, where that is public."),
    _lt("The shop takes digits and hyphens only; other barcodes stay in Odoo."),
    _lt("The shop tells whether an order was paid, and when; not in how many payments."),
    _lt(
        "The shop's core has no tax number: it is where plugins keep it. Of a shop without "
        "one, Odoo's stays. One that Odoo refuses is left, with a dead letter that says why."
    ),
    _lt("The shop's own split of the name stays as long as the name does."),
    _lt(
        "Those behind the first one that no variant shows, where Odoo has the website shop; "
        "elsewhere they stay in the shop."
    ),
    _lt("Those behind the first one, where Odoo has the website shop."),
    _lt(
        "Those behind the first one, where Odoo has the website shop; elsewhere they stay in "
        "the shop."
    ),
    _lt("Tips, duties and fees."),
    _lt(
        "Told only where the connector has a sale price list. It is decided together with the"
        " price."
    ),
    _lt("What an edit took off is not among them: it is gone from the lines."),
    _lt("What can be sold, and what open orders have taken out of it already."),
    _lt("What search engines are shown, where Odoo has a website."),
    _lt(
        "What was sent before the opening balance moves no stock; what was sent since is "
        "delivered in Odoo, too."
    ),
    _lt("Where most of it is shipped from, by the connector's location map."),
    _lt("Where the shop counts stock."),
    _lt(
        "Whether the customer agreed to e-mail marketing. Who took it back is on Odoo's blacklist."
    ),
    _lt(
        "Who is on Odoo's blacklist is unsubscribed in the shop. Where Odoo knows nothing, "
        "the shop's own word stays."
    ),
    _lt("Who ordered without an account."),
    _lt(
        "free: on hand less reserved and less the safety buffer. committed: sold in the shop,"
        " not shipped. known: the part of it that Odoo has reserved or sent for confirmed "
        "orders, so that it is out of free already. leaving: sent by the shop, and in free "
        "still. pools: of a kit and of what it is made of, what is left of each component, "
        "less what is sold of all that take it."
    ),
    _lt(
        "free: on hand less reserved. committed: held by orders that the shop has still to "
        "send. known: the part of it that Odoo has reserved or sent for confirmed orders, so "
        "that it is out of free already. leaving: sent by the shop, and in free still. pools:"
        " of a kit and of what it is made of, what is left of each component, less what is "
        "sold of all that take it."
    ),
)
HELPS = (*TYPES_AND_TRANSFORMS, *FIELDS)
