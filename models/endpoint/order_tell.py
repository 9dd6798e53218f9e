"""Telling a person what Odoo can't follow by itself: one activity an order, once each."""

import re

from odoo.tools import html_escape

from ...lib.values import digest, freeze
from ..terms import term

_WHY = re.compile(r"(?P<what>.*) \((?P<why>.*)\)", re.DOTALL)
_TODO = "mail.mail_activity_data_todo"


def tell(connector, told):
    """Make an activity for each of `told`: (order, summary, [(what, what to do)]), in one create.

    Addressed to the connector's responsible, else the sales person, else the integration user, in
    the language of who it is.
    """
    if not told:
        return
    orders = told[0][0]
    env = orders.env
    type_ = env.ref(_TODO, raise_if_not_found=False)
    rows = []
    for order, summary, points in told:
        person = person_for(connector, order)
        theirs = order.with_context(lang=person.lang).env
        rows.append(
            {
                "activity_type_id": type_.id if type_ else False,
                "res_model_id": env["ir.model"]._get_id("sale.order"),
                "res_id": order.id,
                "user_id": person.id,
                "summary": term(theirs, summary),
                "note": _note(theirs, points),
            }
        )
    env["mail.activity"].with_context(mail_activity_quick_update=True).create(rows)


def person_for(connector, order):
    return connector.order_user_id or order.user_id or connector.user_id


def _note(env, points):
    told = ((_told(env, what), term(env, remedy)) for what, remedy in points)
    parts = [f"<li>{html_escape(what)}<br/>{html_escape(remedy)}</li>" for what, remedy in told]
    return f"<ul>{''.join(parts)}</ul>"


def _told(env, what):
    found = _WHY.fullmatch(what)
    return f"{term(env, found['what'])} ({term(env, found['why'])})" if found else term(env, what)


def news(row, edits):
    """Those of `edits` that were not told before; what comes again as it was is old.

    An edit is written once, since its base is settled with it. A line that a person is to add has
    no base, so it comes with every further edit of its order.
    """
    known = row.gateway_told or {}
    fresh = [edit for edit in edits if not edit.key or known.get(edit.key) != _mark(edit)]
    marks = {edit.key: _mark(edit) for edit in fresh if edit.key}
    if marks:
        row.gateway_told = {**known, **marks}
    return fresh


def _mark(edit):
    return digest([freeze(edit.text)])
