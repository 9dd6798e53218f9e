"""Who can sign in to Odoo: a new password goes to their e-mail, which no shop may change."""

from ...lib.errors import Refused
from .entity import Refusals


def refuse_logins(env, mails):
    """Refuse every operation that sets the e-mail of who can sign in; `mails`: id(op) →
    [(contact id, field, e-mail)] that it sets."""
    ids = {id_ for told in mails.values() for id_, _field, _mail in told}
    if not ids:
        return
    # Whoever may sign in counts, whether or not the integration user may see it.
    users = env["res.users"].sudo().with_context(active_test=False)
    taken = set(users.search([("partner_id", "in", list(ids))]).partner_id.ids)
    errors = {
        key: Refused(
            "this contact has an Odoo login, whose e-mail only Odoo may change",
            field=field,
            value=mail,
            remedy="Change the e-mail on the contact in Odoo, then retry.",
        )
        for key, told in mails.items()
        for id_, field, mail in told
        if id_ in taken
    }
    if errors:
        raise Refusals(errors)
