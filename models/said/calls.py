"""Sentences about calls to shops and files fetched from them."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

CALLS = (
    _lt("Check the connection's address and credentials, and what they are allowed to do."),
    _lt("Nothing to do: it is tried again when the platform allows it."),
    _lt("Nothing to do at first: it is tried again. If it stays, check the shop."),
    _lt("Nothing to do at first: it is tried again. If it stays, check the shop's address."),
    _lt("Nothing to do at first: it is tried again."),
    _lt("Nothing to do: it is tried again at the next run."),
    _lt("Nothing to do: it is tried again."),
    _lt("Read what the other side says; correct the record or the mapping."),
    _lt("Check the connection's address."),
    _lt("Ask for less at a time, or tell the developer."),
    _lt("Enter the address where the shop's API really is."),
    _lt("%(place)s answered with status %(status)s: %(said)s"),
    _lt("%(place)s answered with status %(status)s"),
    _lt("%(place)s redirects to %(target)s; redirects are not followed."),
    _lt("The file took longer than %(seconds)s s."),
    _lt("The file's server gave no answer (%(error)s)."),
    _lt("The file's server answered with status %(status)s."),
    _lt("The file is not fetched: %(why)s."),
    _lt("Put the file on a public https address, or allow private ones in the settings."),
    _lt("The name %(host)s is not known to the DNS."),
    _lt("the image %(name)s is larger than %(limit)s bytes"),
    _lt("Make it smaller, then retry."),
    _lt("%(name)s is no PNG, JPEG, GIF or WebP image"),
    _lt("Replace it by an image of one of these kinds, then retry."),
    _lt("the shop has no file of the image %(name)s"),
    _lt("Upload it to the shop again, or remove it there."),
    _lt("the image %(name)s can't be had for now: %(error)s"),
    _lt("the image %(name)s can't be taken: %(error)s"),
    _lt("Look at the image in the shop, then retry."),
    _lt("this side gives no images"),
    _lt("Take the field out of the mapping."),
    _lt("Check that the shop can be reached, then resume the run."),
    _lt("See the server log for the traceback; resume the run when it is mended."),
)
