from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest

from gateway_ng.lib.redact import MASK, Redactor

CANARY = 'k€y/+with "quotes" & =4711'


@pytest.mark.parametrize(
    "form",
    [
        CANARY,
        quote(CANARY, safe=""),
        base64.b64encode(CANARY.encode()).decode(),
        base64.urlsafe_b64encode(CANARY.encode()).decode(),
        json.dumps(CANARY)[1:-1],
    ],
)
def test_a_known_secret_goes_in_whatever_form_it_stands(form):
    redactor = Redactor([CANARY])
    assert form not in redactor.text(f"before {form} after")
    assert redactor.text(f"before {form} after").startswith("before ")


@pytest.mark.parametrize(
    "text",
    [
        "shpat_0123456789abcdef0123456789abcdef",
        "shpss_0123456789abcdef0123456789abcdef",
        "ck_0123456789abcdef0123456789abcdef01234567",
        "Authorization: Bearer abcdefghijkl",
        "authorization: Basic YW5uOmh1bnRlcg==",
        "client_secret=abc-def-123",
        '"password": "abc-def-123"',
        "https://ann:abc-def-123@shop.example.com/x",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc_def-123",
    ],
)
def test_unknown_secrets_are_recognised_by_name_or_form(text):
    cleaned = Redactor().text(text)
    assert MASK in cleaned
    assert not Redactor().passes(text)
    for secret in ("0123456789abcdef", "abcdefghijkl", "YW5uOmh1bnRlcg", "abc-def-123", "abc_def"):
        assert secret not in cleaned


@pytest.mark.parametrize("name", ["sid", "sig", "pwd", "auth", "API-Key", "api_key", "Set-Cookie"])
@pytest.mark.parametrize("form", ['{{"{}":"x1y2z3"}}', "{}=x1y2z3", "{}: x1y2z3", "{} = x1y2z3"])
def test_what_is_cleaned_does_not_pass(name, form):
    text = form.format(name)
    assert not Redactor().passes(text)


def test_a_known_secret_does_not_pass_in_any_form():
    redactor = Redactor([CANARY])
    assert not redactor.passes(json.dumps({"note": f"is {CANARY}"}))
    assert not redactor.passes(f"see {quote(CANARY, safe='')}")


def test_addresses_and_mail_pass_and_users_in_addresses_do_not():
    redactor = Redactor()
    assert redactor.passes('{"id":"gid://shopify/Customer/7","email":"ann@example.com"}')
    assert not redactor.passes("https://ann:abc-def-123@shop.example.com/x")


def test_ordinary_text_stays_as_it_is():
    text = 'Order #1001: total 19.90 EUR, {"title": "Token ring adapter", "tags": "secretary"}'
    assert Redactor().text(text) == text


def test_headers_keep_their_names():
    cleaned = Redactor().headers(
        {"X-Shopify-Access-Token": "abc", "Cookie": "sid=1", "Accept": "application/json"}
    )
    assert cleaned == {
        "X-Shopify-Access-Token": MASK,
        "Cookie": MASK,
        "Accept": "application/json",
    }


def test_addresses_lose_user_and_secret_parameters():
    cleaned = Redactor().url("https://ann:pw12@x.example:8443/a?consumer_key=ck1&page=2#frag")
    assert cleaned == f"https://x.example:8443/a?consumer_key={MASK}&page=2"


def test_json_values_lose_what_stands_under_secret_names_at_any_depth():
    value = {"a": [{"access_token": "x1", "note": f"my {CANARY}"}], "token": None, "n": 3}
    assert Redactor([CANARY]).value(value) == {
        "a": [{"access_token": MASK, "note": f"my {MASK}"}],
        "token": None,
        "n": 3,
    }


def test_empty_and_very_short_values_black_nothing_out():
    assert Redactor(["", "a", "ab"]).text("a cab") == "a cab"


def test_a_redactor_does_not_show_what_it_knows():
    assert CANARY not in repr(Redactor([CANARY]))


def test_a_longer_secret_that_contains_a_shorter_one_goes_as_a_whole():
    assert Redactor(["abcd", "abcdefgh"]).text("xabcdefghx") == f"x{MASK}x"
