"""The lines that urllib3 logs of a request by itself hold no secret of its address."""

from __future__ import annotations

import logging
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from gateway_ng.lib.http import RequestsTransport, Timeout


class Empty(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_args):
        """Quiet."""


def test_a_line_with_a_wrong_format_stops_no_request():
    for name in ("urllib3.connectionpool", "urllib3.util.retry"):
        record = logging.LogRecord(name, logging.DEBUG, "", 0, "%s and %s", ("one",), None)
        assert logging.getLogger(name).filter(record), "logging tells of it where it is written"


@pytest.fixture
def address():
    server = HTTPServer(("127.0.0.1", 0), Empty)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_keys_in_the_address_are_in_no_line_of_a_library(caplog, address):
    caplog.set_level(logging.DEBUG)
    keys = "consumer_key=canary-key&consumer_secret=canary%2Bsecret%3D%3D"
    url = f"{address}/wp-json/wc/v3/orders?page=2&{keys}"
    RequestsTransport().send("GET", url, {}, None, Timeout())
    (line,) = [text for text in caplog.messages if "wp-json" in text]
    assert "page=2" in line, "what is no secret helps"
    assert "consumer_secret=[redacted]" in line
    assert "canary" not in caplog.text
