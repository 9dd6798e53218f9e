"""What to do about each cause of a dead letter, where the error itself does not say."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

CAUSE_REMEDIES = {
    "mapping": _lt("Mend the mapping of this entity; then retry all letters of this cause."),
    "validation": _lt(
        "Correct the value in the system it comes from and retry; or edit the payload here, which "
        "is then applied once."
    ),
    "reference": _lt(
        "Sync the record it refers to. This one is tried again by itself once that has arrived."
    ),
    "refused": _lt("Read what the other side says, correct the record or the mapping, and retry."),
    "ambiguous": _lt(
        "More than one record could be meant. Make the SKU, e-mail or name unique on both sides, "
        "then retry."
    ),
    "undecided": _lt("Decide what it asks for (a tax needs its rule), then retry."),
    "moved": _lt("Somebody changed the record at the same moment. Retry."),
    "throttled": _lt("The shop asked for a pause. Retry in a few minutes."),
    "connection": _lt("The shop did not answer. See that it can be reached, then retry."),
    "credentials": _lt("Check the connection's credentials and rights, then retry."),
    "unknown": _lt("Read the error and the server's log; retry once the cause is mended."),
}
