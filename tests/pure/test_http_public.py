from __future__ import annotations

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.errors import Refused, RetryLater
from gateway_ng.lib.http import Response, fetch_public
from gateway_ng.lib.http.public import FileLimits

PUBLIC = "93.184.216.34"


class Web:
    """Names and what their addresses answer."""

    def __init__(self, names, *answers, clock=None, seconds=0.0):
        self.names = names
        self.answers = list(answers)
        self.opened = []
        self.clock = clock or FakeClock()
        self.seconds = seconds

    def fetch(self, url, **more):
        return fetch_public(url, clock=self.clock, resolve=self.resolve, opener=self.open, **more)

    def resolve(self, host, port):
        if host not in self.names:
            raise OSError("unknown")
        return self.names[host]

    def open(self, url, address, timeout, limit):
        self.opened.append((url.geturl(), address))
        self.clock.advance(self.seconds)
        return self.answers.pop(0)


def image(body=b"png", kind="image/png"):
    return Response(200, {"content-type": kind}, body)


def test_a_public_image_is_fetched_from_the_address_that_was_checked():
    web = Web({"cdn.example.com": [PUBLIC]}, image())
    file = web.fetch("https://cdn.example.com/a.png")
    assert (file.type, file.body) == ("image/png", b"png")
    assert web.opened == [("https://cdn.example.com/a.png", PUBLIC)]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "192.168.1.1",
        "172.16.0.9",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_addresses_inside_our_network_are_refused(address):
    web = Web({"evil.example": [address]}, image())
    with pytest.raises(Refused, match="private network"):
        web.fetch("https://evil.example/a.png")
    assert web.opened == []


def test_one_private_answer_among_public_ones_is_enough_to_refuse():
    web = Web({"evil.example": [PUBLIC, "127.0.0.1"]}, image())
    with pytest.raises(Refused, match="private network"):
        web.fetch("https://evil.example/a.png")


def test_private_addresses_are_fetched_where_the_settings_allow_it():
    web = Web({"nas.local": ["10.0.0.5"]}, image())
    assert web.fetch("http://nas.local/a.png", allow_private=True).body == b"png"


def test_a_redirect_into_our_network_is_refused():
    redirect = Response(302, {"location": "http://inside.example/"})
    web = Web({"a.example": [PUBLIC], "inside.example": ["10.0.0.1"]}, redirect, image())
    with pytest.raises(Refused, match="private network"):
        web.fetch("https://a.example/x")
    assert len(web.opened) == 1


def test_a_redirect_to_another_scheme_is_refused():
    web = Web({"a.example": [PUBLIC]}, Response(302, {"location": "file:///etc/passwd"}))
    with pytest.raises(Refused, match="not an http"):
        web.fetch("https://a.example/x")


def test_redirects_end_somewhere():
    circle = [Response(302, {"location": "/x"})] * 4
    web = Web({"a.example": [PUBLIC]}, *circle)
    with pytest.raises(Refused, match="more than 3 redirects"):
        web.fetch("https://a.example/x")


def test_a_file_that_is_too_large_is_refused():
    web = Web({"a.example": [PUBLIC]}, image(b"x" * 11))
    with pytest.raises(Refused, match="larger than 10 bytes"):
        web.fetch("https://a.example/x", limits=FileLimits(max_bytes=10))


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", ""])
def test_a_file_of_another_type_is_refused(kind):
    web = Web({"a.example": [PUBLIC]}, image(kind=kind))
    with pytest.raises(Refused, match="The file is not fetched: the file is"):
        web.fetch("https://a.example/x")


def test_all_redirects_together_have_one_time_limit():
    hop = Response(302, {"location": "/y"})
    web = Web({"a.example": [PUBLIC]}, hop, hop, image(), seconds=20.0)
    with pytest.raises(RetryLater, match="longer than 30 s"):
        web.fetch("https://a.example/x")


def test_an_unknown_name_and_a_server_error_are_tried_later():
    with pytest.raises(RetryLater, match="not known"):
        Web({}).fetch("https://gone.example/x")
    with pytest.raises(RetryLater, match="status 503"):
        Web({"a.example": [PUBLIC]}, Response(503, {})).fetch("https://a.example/x")
