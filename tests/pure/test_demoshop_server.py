"""The demo shop over HTTP: the same answers, real sockets, the control room."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Server, Shop, seed_demo, serving

PATH = "/admin/api/2026-10/graphql.json"


@pytest.fixture
def server() -> Iterator[Server]:
    shop = Shop(FakeClock())
    seed_demo(shop)
    with serving(shop) as running:
        yield running


class Wire:
    """One kept connection."""

    def __init__(self, server: Server) -> None:
        self.connection = http.client.HTTPConnection(*server.server_address[:2], timeout=10)  # type: ignore[arg-type]

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        text = body if isinstance(body, (str, bytes, type(None))) else json.dumps(body)
        named = {"Content-Type": "application/json"}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, text, named)
        answer = self.connection.getresponse()
        return answer.status, dict(answer.getheaders()), json.loads(answer.read())

    def ask(self, query: str, token: str = "demo-token", path: str = PATH) -> Any:
        return self.send("POST", path, {"query": query}, X_Shopify_Access_Token=token)


def test_the_answer_is_that_of_the_shop_in_process(server: Server) -> None:
    query = "{ products(first: 3) { nodes { id title variants(first: 2) { nodes { sku } } } } }"
    status, headers, body = Wire(server).ask(query)
    inside = server.shop.execute(query, {}, "demo-token")
    assert (200, inside[2]["data"]) == (status, body["data"])
    assert headers["X-Shopify-API-Version"] == "2026-10"


def test_a_connection_is_kept(server: Server) -> None:
    wire = Wire(server)
    wire.ask("{ shop { id } }")
    socket = wire.connection.sock
    wire.ask("{ shop { id } }")
    assert socket is wire.connection.sock is not None


def test_an_unknown_version_falls_to_the_one_there_is(server: Server) -> None:
    status, headers, _body = Wire(server).ask(
        "{ shop { id } }", path="/admin/api/2019-01/graphql.json"
    )
    assert (status, headers["X-Shopify-API-Version"]) == (200, "2026-10")


def test_a_token_is_granted_for_json_and_for_a_form(server: Server) -> None:
    wire, path = Wire(server), "/admin/oauth/access_token"
    ask = {
        "client_id": "demo-client",
        "client_secret": "demo-secret",
        "grant_type": "client_credentials",
    }
    form = "&".join(f"{name}={value}" for name, value in ask.items())
    one = wire.send("POST", path, ask)[2]["access_token"]
    two = wire.send("POST", path, form, Content_Type="application/x-www-form-urlencoded")[2]
    for token in (one, two["access_token"]):
        assert wire.ask("{ shop { id } }", token=token)[0] == 200
    assert wire.ask("{ shop { id } }", token="old")[0] == 401


def test_a_lost_answer_closes_the_socket_after_the_work_was_done(server: Server) -> None:
    server.shop.configure({"lost_answer_rate": 1.0})
    before = server.shop.counters.queries
    closed = 0
    for _ in range(8):
        try:
            status, _headers, _body = Wire(server).ask("{ shop { id } }")
            assert status == 502
        except (http.client.RemoteDisconnected, ConnectionError):
            closed += 1
    assert 0 < closed < 8
    assert before + 8 == server.shop.counters.queries


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"query": 3}', b"\xff\xfe"])
def test_a_body_that_is_no_query_is_400(server: Server, body: bytes) -> None:
    assert Wire(server).send("POST", PATH, body, X_Shopify_Access_Token="demo-token")[0] == 400


def test_the_control_room_sets_counts_edits_and_seeds(server: Server) -> None:
    wire = Wire(server)
    assert wire.send("PUT", "/_demo/settings", {"failure_rate": 0.5})[2]["failure_rate"] == 0.5
    status, _headers, wrong = wire.send("PUT", "/_demo/settings", {"failure_rate": "much"})
    assert (status, wrong["error"]) == (422, "failure_rate: 'much' is not a number of 0 or more")
    wire.send("PUT", "/_demo/settings", {"failure_rate": 0})
    edited = {"action": "title", "product": "winter-parka", "title": "Parka"}
    assert wire.send("POST", "/_demo/edit", edited)[0] == 200
    sold = {"action": "sell", "sku": "JAC-005-S", "quantity": 2}
    assert "Order" in wire.send("POST", "/_demo/edit", sold)[2]["id"]
    assert wire.send("GET", "/_demo/sizes")[2]["Order"] == 51
    assert wire.send("GET", "/_demo/counters")[2]["writes"] == 0
    dump = wire.send("GET", "/_demo/dump")[2]
    assert len(dump["store"]["tables"]["Order"]) == 51
    assert wire.send("POST", "/_demo/seed", {"seed": 1})[2]["Order"] == 50
    assert wire.send("POST", "/_demo/reset", {})[0] - 200 == 0
    assert wire.send("GET", "/_demo/sizes")[2]["Order"] == 0
    assert wire.send("GET", "/_demo/nothing")[0] == 404


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"action": "fly"}, "unknown action 'fly'"),
        ({"action": "price", "sku": "JAC-005-S", "price": "-1"}, "is not an amount"),
        ({"action": "price", "sku": "none", "price": "1"}, "there is no variant 'none'"),
        ({"action": "title", "product": "winter-parka"}, "'title' is missing"),
        ({"action": "stock", "sku": "JAC-005-S", "available": 1, "location": "Moon"}, "'Moon'"),
    ],
)
def test_an_edit_that_can_t_be_says_why(server: Server, given: Any, words: str) -> None:
    status, _headers, body = Wire(server).send("POST", "/_demo/edit", given)
    assert status == 422
    assert words in body["error"]


@pytest.mark.parametrize(
    ("given", "name"), [([], "Demo Shop"), (["--name", "Second Shop"], "Second Shop")]
)
def test_a_program_of_its_own_serves_a_shop_by_its_name(given: list[str], name: str) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "dev/run_pure.py", "gateway_ng.lib.demoshop", "--port", "0", *given]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout
            url = program.stdout.readline().removeprefix("Demo shop at ").strip()
            connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
            connection.request("GET", "/_demo/settings")
            told = json.loads(connection.getresponse().read())
        finally:
            program.terminate()
    assert name == told["name"]
