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
        "2002:a9fe:a9fe::",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::7f00:1",  # NAT64 inside one network
        "::7f00:1",
        "::ffff:0:7f00:1",
        "::5db8:d822",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",  # Teredo
        "fe80::1%25eth0",
        "fec0::1",
        "::",
        "ff0e::1",
        "240.0.0.1",
        "198.18.0.1",
        "fd00:ec2::254",  # metadata of a cloud, and the next three
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
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
    redirect = Response(302, {"location": "https://inside.example/"})
    web = Web({"a.example": [PUBLIC], "inside.example": ["10.0.0.1"]}, redirect, image())
    with pytest.raises(Refused, match="private network"):
        web.fetch("https://a.example/x")
    assert len(web.opened) == 1


def test_a_redirect_to_another_scheme_is_refused():
    web = Web({"a.example": [PUBLIC]}, Response(302, {"location": "file:///etc/passwd"}))
    with pytest.raises(Refused, match="not an http"):
        web.fetch("https://a.example/x")


def test_a_redirect_from_https_to_http_is_refused():
    redirect = Response(302, {"location": "http://a.example/x"})
    web = Web({"a.example": [PUBLIC]}, redirect, image())
    with pytest.raises(Refused, match="redirects from https to http"):
        web.fetch("https://a.example/x")
    assert len(web.opened) == 1


def test_a_redirect_with_a_user_name_is_refused():
    redirect = Response(302, {"location": "https://ann:secret@a.example/x"})
    web = Web({"a.example": [PUBLIC]}, redirect, image())
    with pytest.raises(Refused, match="without credentials"):
        web.fetch("https://a.example/x")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.1/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://0x7f.0.0.1/",
        "http://0/",
        "http://127。0。0。1/",
        "http://①②⑦.0.0.1/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::1]/",
        "http://localhost./",
        "http://LOCALHOST/",
    ],
)
def test_our_own_machine_is_refused_however_it_is_spelled(url):
    """The real resolver: what it takes for an address is what would be connected to."""
    with pytest.raises(Refused, match="private network"):
        fetch_public(url, opener=lambda *told: image())


@pytest.mark.parametrize(
    "url",
    [
        "http://good.example@evil.example/",
        "http://good.example:80@evil.example/",
        "http://:@evil.example/",
        "http://good.example\\@evil.example/",
        "http://a.example:99999/",
        "http://a.example:-1/",
        "http://a.example:x/",
        "http://a..example/",
        "http://.example/",
        f"http://{'a' * 64}.example/",
        "http://a.example%00.evil.example/",
        "http://[::1/",
        "http:///x",
        "//a.example/x",
        "a.example/x",
        "file:///etc/passwd",
        "gopher://a.example/",
        "",
    ],
)
def test_an_address_that_two_readers_may_read_otherwise_is_refused(url):
    web = Web({"a.example": [PUBLIC], "evil.example": [PUBLIC]}, image())
    with pytest.raises(Refused, match="not an http or https address"):
        web.fetch(url)
    assert web.opened == []


def test_a_name_is_resolved_once_and_connected_to_at_what_was_checked():
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    web = Web({}, image())
    web.resolve = lambda host, port: next(answers)
    assert web.fetch("https://rebinding.example/x").body == b"png"
    assert web.opened == [("https://rebinding.example/x", PUBLIC)]


def test_a_name_that_turns_private_between_two_redirects_is_refused():
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    web = Web({}, Response(302, {"location": "/y"}), image())
    web.resolve = lambda host, port: next(answers)
    with pytest.raises(Refused, match="private network"):
        web.fetch("https://rebinding.example/x")
    assert len(web.opened) == 1


def test_a_name_in_other_letters_is_asked_for_as_the_dns_spells_it():
    web = Web({"xn--bcher-kva.example": [PUBLIC]}, image())
    web.fetch("https://Bücher.example:8443/a.png?x=1")
    assert web.opened == [("https://xn--bcher-kva.example:8443/a.png?x=1", PUBLIC)]


def test_a_file_that_comes_packed_is_refused():
    packed = Response(200, {"content-type": "image/png", "content-encoding": "gzip, gzip"}, b"x")
    with pytest.raises(Refused, match="packed"):
        Web({"a.example": [PUBLIC]}, packed).fetch("https://a.example/x")


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
