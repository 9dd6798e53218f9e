"""Every address of the gateway, for each role and each verb."""

from odoo.tests import tagged

from .shop_case import ROLES
from .webhook_case import WebhookCase

VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
#: Status for each verb, whoever asks: who is logged in counts for nothing here.
EXPECTED = {
    "/gateway/webhook/guess": {"POST": 404, "OPTIONS": 404},
    "/gateway/health": {"GET": 401, "HEAD": 401, "OPTIONS": 401},
}


@tagged("post_install", "-at_install")
class TestControllers(WebhookCase):
    def test_every_route_of_the_gateway_is_in_the_table(self):
        http = self.env["ir.http"]
        rules = http._generate_routing_rules(["gateway_ng"], http._get_converters())
        ours = {url.replace("<string:token>", "guess") for url, _endpoint in rules}
        self.assertEqual(set(EXPECTED), ours)

    def test_no_session_opens_or_closes_an_address(self):
        for person in (None, "employee", *ROLES):
            login = person and self.people[person].login
            self.authenticate(login, login)
            for path, expected in EXPECTED.items():
                for verb in VERBS:
                    with self.subTest(person=person, path=path, verb=verb):
                        answer = self.opener.request(
                            verb, self.base_url() + path, timeout=30, allow_redirects=False
                        )
                        wanted = expected.get(verb, 405)
                        self.assertEqual(wanted, answer.status_code)
                        self.assertNotIn("Access-Control-Allow-Origin", answer.headers)
