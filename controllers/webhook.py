"""Where shops deliver webhooks."""

import logging
import re
from urllib.parse import urlencode

from werkzeug.exceptions import NotFound

from odoo import SUPERUSER_ID
from odoo.http import Controller, Response, request, route

from ..models.connector_webhooks import PATH

#: No platform's record is longer; a delivery that is one is found by the next run.
LARGEST = 8 * 1024 * 1024
_TOKEN = re.compile(rf"({PATH}/)[^\s?\"']+")


class WebhookController(Controller):
    """Takes a delivery in and answers at once; the work is a job's.

    A wrong token and a wrong signature are answered alike, so an answer tells of no token whether
    there is one. Only the body is believed, and only with its signature.
    """

    @route(
        f"{PATH}/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=LARGEST,
    )
    def webhook(self, token, **_query):
        body = _body(request.httprequest)  # first of all: too long a one is told of no token
        env = request.env(user=SUPERUSER_ID)
        connector = env["gateway.connection"]._of_webhook_token(token).connector_id
        if not connector or not connector._receive(request.httprequest.headers, body):
            raise NotFound
        return Response(status=200)


def _body(http):
    """The raw body. A form's (the ping of WooCommerce) was read by Odoo already."""
    return urlencode(list(http.form.items(multi=True))).encode() if http.form else http.get_data()


class _WithoutTokens(logging.Filter):
    """The server logs each path that is asked for; a token is a secret."""

    def filter(self, record):
        if isinstance(record.args, tuple):
            record.args = tuple(_masked(one) for one in record.args)
        record.msg = _masked(record.msg)
        return True


def _masked(value):
    return _TOKEN.sub(r"\1[redacted]", value) if isinstance(value, str) else value


logging.getLogger("werkzeug").addFilter(_WithoutTokens())
