from __future__ import annotations

from decimal import Decimal

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.errors import Refused, RetryLater, StopRun, Throttled
from gateway_ng.lib.http import (
    Budget,
    HttpSession,
    RateLimit,
    Response,
    RetryPolicy,
    TransportError,
)
from gateway_ng.lib.http.session import retry_after
from gateway_ng.tests.pure.shopify_fakes import Script, ok

URL = "https://shop.example.com/api?page=2"


def session(*answers, clock=None, **more):
    clock = clock or FakeClock()
    script = Script(*answers)
    return HttpSession(script, clock, **more), script, clock


def lost():
    return TransportError("no answer in time", sent=True)


def never_sent():
    return TransportError("no connection", sent=False)


def test_an_answer_is_parsed_with_decimals():
    http, _, _ = session(ok('{"price": 19.90, "n": 3}'))
    assert http.json("GET", URL).value == {"price": Decimal("19.90"), "n": 3}


def test_four_retries_wait_longer_each_time_and_never_more_than_15_seconds_in_all():
    http, script, clock = session(*[ok("", 503)] * 5)
    with pytest.raises(RetryLater) as caught:
        http.request("GET", URL)
    assert len(script.sent) == 5
    for slept, longest in zip(clock.slept, (1, 2, 4, 8), strict=True):
        assert 0.75 * longest <= slept <= longest
    assert caught.value.seconds == 16


def test_waits_of_two_workers_differ():
    waits = []
    for seed in (1, 2):
        http, _, clock = session(ok("", 503), ok("{}"), clock=FakeClock(seed=seed))
        http.request("GET", URL)
        waits.append(clock.slept)
    assert waits[0] != waits[1]


def test_retry_after_in_seconds_is_never_undercut():
    http, _, clock = session(ok("", 429, retry_after="7"), ok("{}"))
    http.request("POST", URL, body=b"{}")
    assert 7 <= clock.slept[0] <= 7.25


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("nan", None),
        ("inf", None),
        ("-3", 0.0),
        ("1e9", 86_400.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
    ],
)
def test_a_strange_retry_after_is_a_day_at_most_and_never_no_number(text, seconds):
    assert retry_after(Response(429, {"retry-after": text}, b""), FakeClock()) == seconds


def test_retry_after_as_a_date_counts_from_our_clock():
    http, _, clock = session(ok("", 503, retry_after="Thu, 01 Jan 2026 00:00:05 GMT"), ok("{}"))
    http.request("GET", URL)
    assert 5 <= clock.slept[0] <= 5.25


def test_a_retry_after_beyond_the_budget_gives_up_at_once_and_says_when():
    http, script, clock = session(ok("", 429, retry_after="600"))
    with pytest.raises(Throttled) as caught:
        http.request("GET", URL)
    assert (caught.value.seconds, caught.value.sent, clock.slept) == (600, False, [])
    assert len(script.sent) == 1


def test_a_lost_answer_of_a_post_is_not_sent_again():
    http, script, _ = session(lost())
    with pytest.raises(RetryLater) as caught:
        http.request("POST", URL, body=b"{}")
    assert caught.value.sent and len(script.sent) == 1


def test_a_lost_answer_is_sent_again_when_the_request_carries_an_idempotency_key():
    http, script, _ = session(lost(), ok("{}"))
    http.request("POST", URL, body=b"{}", repeatable=True)
    assert len(script.sent) == 2


def test_a_post_that_never_left_is_sent_again():
    http, script, _ = session(never_sent(), ok("{}"))
    http.request("POST", URL, body=b"{}")
    assert len(script.sent) == 2


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_a_server_error_on_a_post_may_have_been_carried_out(status):
    http, script, _ = session(ok("oops", status))
    with pytest.raises(RetryLater) as caught:
        http.request("POST", URL, body=b"{}")
    assert caught.value.sent and len(script.sent) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, StopRun), (402, StopRun), (403, StopRun), (404, StopRun), (423, StopRun)]
    + [(400, Refused), (422, Refused), (409, Refused)],
)
def test_a_permanent_status_is_not_retried(status, kind):
    http, script, _ = session(ok('{"errors": "no"}', status))
    with pytest.raises(kind) as caught:
        http.request("GET", URL)
    assert type(caught.value) is kind
    assert len(script.sent) == 1
    assert caught.value.details["status"] == status
    assert caught.value.remedy


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_refused_and_the_target_is_named(status):
    http, script, _ = session(ok("", status, location="https://evil.example/x?token=abc123"))
    with pytest.raises(StopRun) as caught:
        http.request("GET", URL, headers={"authorization": "Bearer abcdefgh"})
    assert "evil.example" in str(caught.value) and "abc123" not in str(caught.value)
    assert len(script.sent) == 1


@pytest.mark.parametrize(
    "body",
    ["<html>maintenance</html>", "", '{"a": [1, 2', "\x00\xff", "[" * 20_000, '{"a":' * 20_000],
    ids=["a page", "nothing", "cut off", "noise", "20,000 lists deep", "20,000 objects deep"],
)
def test_what_is_no_json_is_retried_and_shown(body):
    http, _, _ = session(ok(body), ok('{"a": 1}'))
    assert http.json("GET", URL).value == {"a": 1}
    http, _, _ = session(*[ok(body)] * 5)
    with pytest.raises(RetryLater, match="not with JSON") as caught:
        http.json("GET", URL)
    assert caught.value.sent


@pytest.mark.parametrize(
    "url", ["ftp://x.example/a", "file:///etc/passwd", "https://", "x", "http://[::1", ""]
)
def test_only_http_addresses_are_called(url):
    http, script, _ = session()
    with pytest.raises(StopRun, match="not an http"):
        http.request("GET", url)
    assert script.sent == []


def test_credentials_in_an_address_are_refused_without_being_shown():
    http, _, _ = session()
    with pytest.raises(StopRun) as caught:
        http.request("GET", "https://ann:hunter22@shop.example.com/")
    assert "hunter22" not in str(caught.value)


def test_a_wrong_certificate_stops_and_is_not_retried():
    broken = TransportError("the server's certificate is not valid", sent=False, permanent=True)
    http, script, _ = session(broken)
    with pytest.raises(StopRun) as caught:
        http.request("GET", URL)
    assert caught.value.cause == "connection" and len(script.sent) == 1


def test_every_attempt_is_told_with_what_follows():
    told = []
    http, _, clock = session(ok("", 503), ok("{}"), trace=told.append)
    http.request("GET", "https://shop.example.com/a?access_token=s3cr3t-value")
    assert [(a.status, a.wait) for a in told] == [(503, clock.slept[0]), (200, 0.0)]
    assert "s3cr3t-value" not in repr(told)


def test_one_budget_serves_several_requests_of_one_call():
    clock = FakeClock()
    budget = Budget(clock, RetryPolicy(retries=1))
    http, script, _ = session(ok("", 503), ok("{}"), ok("", 503), clock=clock)
    http.request("GET", URL, budget=budget)
    with pytest.raises(RetryLater):
        http.request("GET", URL, budget=budget)
    assert len(script.sent) == 3


def test_the_rate_limit_spaces_requests_out():
    clock = FakeClock()
    http, _, _ = session(*[ok("{}")] * 5, clock=clock, limiter=RateLimit(clock, 2.0, burst=2))
    for _ in range(5):
        http.request("GET", URL)
    assert clock.slept == pytest.approx([0.5, 0.5, 0.5])


def test_decimals_are_sent_as_text_and_never_as_floats():
    http, script, _ = session(ok("{}"))
    http.json("POST", URL, json={"price": Decimal("19.90")})
    assert script.sent[0]["body"] == b'{"price":"19.90"}'


def test_a_caller_takes_the_answers_of_some_statuses_itself():
    http, _, _ = session(ok('{"code": "taken", "price": 1.10}', 400))
    answer = http.json("POST", URL, json={}, accept={400})
    assert answer.response.status == 400
    assert answer.value == {"code": "taken", "price": Decimal("1.10")}


def test_what_is_no_json_is_a_refusal_whatever_the_caller_takes():
    http, _, _ = session(ok("<html>not here", 404))
    with pytest.raises(StopRun, match="404: not here") as caught:
        http.json("GET", URL, accept={404})
    assert caught.value.details == {"status": 404, "answer": "<html>not here"}
