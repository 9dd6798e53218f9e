"""Whether a customer agreed to e-mail marketing, and Odoo's own list of who must not get any.

Odoo keeps no list of who agreed. What a shop says is kept on the contact; who is on the blacklist
has unsubscribed, whatever the contact says (docs/decisions/052-consent.md).
"""

from odoo.tools import SQL

from ...lib.endpoint import FieldInfo
from ...lib.errors import Refused

#: Said no, and was let in again by a person: nothing is known then.
LIFTED = "lifted"
NAME, COLUMN = "email_consent", "gateway_email_consent"
SUBSCRIBED, UNSUBSCRIBED = "subscribed", "unsubscribed"

INFO = FieldInfo(
    NAME,
    "selection",
    True,
    True,
    help=f"{SUBSCRIBED} or {UNSUBSCRIBED}; empty where nothing is known. Who is on Odoo's e-mail "
    "blacklist has unsubscribed.",
)
CHANGES = SQL(
    "SELECT p.id, b.write_date FROM mail_blacklist b JOIN res_partner p"
    " ON p.email_normalized = b.email"
)


def consents_of(rows):
    """Partner id → what is known, None for nothing."""
    barred = _entries(rows).filtered("active").mapped("email")
    return {
        row.id: UNSUBSCRIBED
        if row.email_normalized in barred
        else SUBSCRIBED
        if row[COLUMN] == SUBSCRIBED
        else None
        for row in rows
    }


def column_value(given):
    """What the contact keeps of a consent."""
    if given not in (SUBSCRIBED, UNSUBSCRIBED, None):
        raise Refused(
            f"a consent is {SUBSCRIBED}, {UNSUBSCRIBED} or nothing",
            field=NAME,
            value=given,
            remedy="Let the mapping give one of these.",
        )
    return given or False


def known_to_refuse(rows):
    """Ids of those who said no by a shop, or after they had agreed in one."""
    return {row.id for row in rows if row[COLUMN] in (UNSUBSCRIBED, LIFTED)}


def tell_blacklist(rows, given, refused=()):
    """Bar who unsubscribed; let in who subscribed again, having `refused` before. `given`: partner
    id → consent. Of others nobody knows why they were barred: they stay so."""
    wanted, back = {}, set()
    for row in rows:
        if row.email_normalized and given.get(row.id):
            wanted[row.email_normalized] = given[row.id]
            if row.id in refused:
                back.add(row.email_normalized)
    entries = _entries(rows)
    entries.filtered(
        lambda one: one.email in back and wanted[one.email] == SUBSCRIBED
    ).action_archive()
    entries._bar([mail for mail, said in wanted.items() if said == UNSUBSCRIBED])


def _entries(rows):
    """The blacklist's lines of these contacts. It is Odoo's own, for any user who mails: by the
    rights of an integration user nobody could be kept off or on it."""
    blacklist = rows.env["mail.blacklist"].sudo().with_context(active_test=False)
    mails = [mail for mail in rows.mapped("email_normalized") if mail]
    return blacklist.search([("email", "in", mails)])
