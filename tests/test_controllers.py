"""Every address of the gateway, for each role and each verb."""

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .shop_case import ROLES
from .webhook_case import WebhookCase

VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
#: What each route is declared as: a session counts for nothing, so none is asked for and none kept.
DECLARED = {
    "/gateway/webhook/guess": {
        "type": "http",
        "auth": "public",
        "methods": ["POST"],
        "csrf": False,
        "save_session": False,
    },
    "/gateway/health": {
        "type": "http",
        "auth": "public",
        "methods": ["GET"],
        "csrf": None,
        "save_session": False,
    },
}
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
        ours = {url.replace("<string:token>", "guess"): endpoint for url, endpoint in rules}
        self.assertEqual(
            DECLARED,
            {
                url: {name: endpoint.routing.get(name) for name in DECLARED[url]}
                for url, endpoint in ours.items()
            },
        )
        self.assertEqual(set(EXPECTED), set(DECLARED))

    def test_what_opens_one_company_s_address_opens_no_other_s(self):
        """The key of a company tells of its connectors alone; a shop's delivery is signed with its
        own connector's secret."""
        theirs = self.connect_elsewhere()
        key = self.env["gateway.health.key"].with_user(theirs.user_id).with_company(self.other)
        key = key.action_make()["context"]["default_key"]
        headers = {"Authorization": f"Bearer {key}"}
        answer = self.opener.get(self.base_url() + "/gateway/health", headers=headers, timeout=30)
        self.assertEqual([theirs.id], [row["id"] for row in answer.json()["connectors"]])
        body = self.body(self.product["id"])
        signed = self.signed("products/update", body)
        token = theirs.sudo().connection_ids.webhook_token
        self.assertEqual(404, self.send(body, signed, token)[0])
        self.assertFalse(theirs.event_ids)
        self.assertEqual(200, self.send(body, signed)[0])
        self.assertEqual((1, 0), (len(self.connector.event_ids), len(theirs.event_ids)))
        signed = self.signed("products/update", body, secret="another")
        self.assertEqual(200, self.send(body, signed, token)[0])
        self.assertEqual((1, 1), (len(self.connector.event_ids), len(theirs.event_ids)))

    def connect_elsewhere(self):
        """A connector of another company, to a shop with another secret."""
        self.other = self.env["res.company"].create({"name": "Other"})
        manager = new_test_user(
            self.env,
            "gateway_foreigner",
            groups="base.group_user,gateway_ng.group_manager",
            company_id=self.other.id,
            company_ids=[Command.set(self.other.ids)],
        )
        workspace = {"name": "Theirs", "company_id": self.other.id}
        theirs = self.env["gateway.connector"].create(
            {
                "name": "Theirs",
                "platform": "shopify",
                "company_id": self.other.id,
                "workspace_id": self.env["gateway.workspace"].create(workspace).id,
                "warehouse_id": False,
                "user_id": manager.id,
                "is_webhook_on": True,
            }
        )
        values = {"shop": "demo.myshopify.com", "client_id": "x", "client_secret": "another"}
        theirs.connection_ids.set_values(values)
        theirs.write({"state": "ready", "setup_step": "done"})
        theirs.action_rotate_webhook_token()
        return theirs

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
