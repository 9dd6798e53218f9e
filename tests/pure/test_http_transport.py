"""The real wire against a real server on this machine."""

from __future__ import annotations

import contextlib
import gzip
import threading
import time
import tracemalloc
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from gateway_ng.lib.errors import Refused, RetryLater
from gateway_ng.lib.http import RequestsTransport, Timeout, TransportError, fetch_public
from gateway_ng.lib.http.public import FileLimits

BOMB = gzip.compress(b"x" * 20_000_000)
SOON = Timeout(2.0, 2.0, 5.0)


class Handler(BaseHTTPRequestHandler):
    seen: list[tuple[str, dict[str, str]]] = []
    ports: list[tuple[str, int]] = []

    def do_GET(self):
        Handler.seen.append((self.path, dict(self.headers)))
        Handler.ports.append((self.path, self.client_address[1]))
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/image")
            self.end_headers()
        elif self.path == "/broken":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"short")
        elif self.path in ("/drip", "/drip-headers", "/drip-line", "/drip-length"):
            self._drip()
        elif self.path == "/bomb":
            body = BOMB
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        elif self.path == "/closed":
            self.connection.close()
        else:
            body = b"x" * 5000
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def _drip(self):
        """A byte now and then, each soon enough for a time limit on one read."""
        with contextlib.suppress(OSError):
            if self.path in ("/drip", "/drip-length"):
                self.send_response(200)
                self.send_header("Content-Type", "image/png")
                if self.path == "/drip-length":
                    self.send_header("Content-Length", "100000")
                self.end_headers()
            elif self.path == "/drip-headers":
                self.wfile.write(b"HTTP/1.0 200 OK\r\n")
            for _number in range(40):
                self.wfile.write(b"x: y\r\n" if self.path == "/drip-headers" else b"H")
                time.sleep(0.1)

    def log_message(self, *_):
        pass


@contextmanager
def serving():
    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    Handler.seen, Handler.ports = [], []
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_wire_follows_no_redirect():
    with serving() as url:
        answer = RequestsTransport().send("GET", f"{url}/redirect", {}, None, SOON)
    assert (answer.status, answer.header("Location")) == (302, "/image")
    assert [path for path, _ in Handler.seen] == ["/redirect"]


def test_a_larger_answer_than_allowed_is_cut_off():
    with serving() as url, pytest.raises(TransportError, match="larger than 1,000") as caught:
        RequestsTransport(max_bytes=1000).send("GET", f"{url}/image", {}, None, SOON)
    assert caught.value.permanent


@pytest.mark.parametrize("path", ["/broken", "/closed"])
def test_an_answer_that_breaks_off_may_have_been_carried_out(path):
    with serving() as url, pytest.raises(TransportError) as caught:
        RequestsTransport().send("GET", f"{url}{path}", {}, None, SOON)
    assert caught.value.sent


def test_a_closed_port_and_an_unknown_name_were_never_reached():
    with serving() as url:
        pass
    for place in (url, "http://no-such-host.invalid/"):
        with pytest.raises(TransportError) as caught:
            RequestsTransport().send("GET", place, {}, None, SOON)
        assert not caught.value.sent
        assert not any(ours in str(caught.value) for ours in ("0x", "host=", "<"))


def test_an_answer_that_drips_for_ever_has_a_time_limit():
    ticks = iter([0.0, 100.0, 200.0])
    with serving() as url, pytest.raises(TransportError, match="took over 5 s"):
        RequestsTransport(monotonic=lambda: next(ticks)).send("GET", url, {}, None, SOON)


@pytest.mark.parametrize("path", ["drip", "drip-headers", "drip-line", "drip-length"])
def test_a_shop_that_drips_for_ever_has_a_time_limit(path):
    with serving() as url:
        wire = RequestsTransport()
        began = time.monotonic()
        with pytest.raises(TransportError, match="took over 0.5 s") as caught:
            wire.send("GET", f"{url}/{path}", {}, None, Timeout(2.0, 2.0, 0.5))
        assert time.monotonic() - began < 2
        assert caught.value.sent
        assert wire.send("GET", f"{url}/image", {}, None, SOON).status == 200


def test_a_connection_that_is_used_again_has_a_time_limit_too(monkeypatch):
    monkeypatch.setattr(Handler, "protocol_version", "HTTP/1.1")
    with serving() as url:
        wire = RequestsTransport()
        assert wire.send("GET", f"{url}/image", {}, None, SOON).status == 200
        began = time.monotonic()
        with pytest.raises(TransportError, match="took over 0.5 s"):
            wire.send("GET", f"{url}/drip-length", {}, None, Timeout(2.0, 2.0, 0.5))
        assert time.monotonic() - began < 2
    assert len({port for _path, port in Handler.ports}) == 1


def test_credentials_of_a_netrc_file_are_not_sent(tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ann password hunter22\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with serving() as url:
        RequestsTransport().send("GET", f"{url}/image", {}, None, SOON)
    assert "Authorization" not in Handler.seen[0][1]


def test_a_file_is_fetched_by_name_from_the_pinned_address():
    with serving() as url:
        port = url.rpartition(":")[2]
        file = fetch_public(
            f"http://files.example:{port}/redirect",
            FileLimits(max_bytes=6000),
            allow_private=True,
            resolve=lambda host, port: ["127.0.0.1"],
        )
    assert (len(file.body), file.type) == (5000, "image/png")
    assert all(headers["Host"] == f"files.example:{port}" for _, headers in Handler.seen)


def fetch_here(url, **limits):
    return fetch_public(url, FileLimits(**limits), allow_private=True)


@pytest.mark.parametrize("path", ["/drip", "/drip-headers", "/drip-line"])
def test_a_file_that_drips_for_ever_has_a_time_limit(path):
    with serving() as url:
        began = time.monotonic()
        with pytest.raises(RetryLater, match="longer than 0.5 s"):
            fetch_here(f"{url}{path}", seconds=0.5)
        assert time.monotonic() - began < 2.0


def test_a_packed_bomb_is_not_unpacked():
    with serving() as url:
        tracemalloc.start()
        try:
            with pytest.raises(Refused, match="packed"):
                fetch_here(f"{url}/bomb", max_bytes=1_000_000)
            assert tracemalloc.get_traced_memory()[1] < 10_000_000
        finally:
            tracemalloc.stop()


def test_a_file_is_asked_for_with_nothing_that_tells_who_asks():
    with serving() as url:
        fetch_here(f"{url}/redirect")
    for _path, headers in Handler.seen:
        assert {name.lower() for name in headers} == {
            "host", "accept", "accept-encoding", "user-agent",
        }  # fmt: skip
