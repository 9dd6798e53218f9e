"""The connectors' health as JSON, for monitoring."""

from odoo import SUPERUSER_ID
from odoo.http import Controller, request, route


class HealthController(Controller):
    @route(
        "/gateway/health",
        type="http",
        auth="public",
        methods=["GET"],
        save_session=False,
        readonly=True,
    )
    def health(self, **_query):
        """200 where all is well, 503 where a connector has an error, 401 without a key that is
        right. The key stands in the header `Authorization: Bearer …`, never in the address."""
        scheme, _space, key = request.httprequest.headers.get("Authorization", "").partition(" ")
        keys = request.env(user=SUPERUSER_ID)["gateway.health.key"]
        known = keys._of_key(key.strip()) if scheme.lower() == "bearer" else keys
        headers = {"Cache-Control": "no-store"}
        if not known:
            headers["WWW-Authenticate"] = "Bearer"
            return request.make_json_response({"status": "unauthorized"}, headers, status=401)
        report = known._report()
        status = 200 if report["status"] == "ok" else 503
        return request.make_json_response(report, headers, status=status)
