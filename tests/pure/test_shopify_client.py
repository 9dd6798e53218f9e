"""Tokens, cost budget, retries, hostile answers and secrets of the Shopify client."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.errors import Refused, RetryLater, StopRun, Throttled, is_shut_out
from gateway_ng.lib.http import TransportError
from gateway_ng.lib.platforms.shopify.connect import shop_domain
from gateway_ng.lib.platforms.shopify.throttle import PageSizer
from gateway_ng.tests.pure.shopify_fakes import (
    CREDENTIALS,
    SECRET,
    TOKEN,
    Script,
    connect,
    cost_of,
    data,
    ok,
    page,
)

THROTTLED = {
    "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
    "extensions": {"cost": cost_of(752, 666)},
}
GRANT = {"shop": "example", "client_id": "id-4711", "client_secret": SECRET}
CATEGORY = {
    "id": "gid://shopify/Collection/1",
    "title": "Shirts",
    "updatedAt": "2026-01-01T00:00:00Z",
}


def read(endpoint):
    return [record for each in endpoint.pages("category") for record in each.records]


def error(code, message="no", path=None, **extensions):
    entry = {"message": message, "extensions": {"code": code, **extensions}}
    return {**entry, "path": path} if path else entry


# -- where and with what -------------------------------------------------------------------------


def test_requests_go_to_the_pinned_version_with_the_token_in_its_header():
    script = Script(page([CATEGORY]))
    read(connect(script))
    sent = script.sent[0]
    assert sent["url"] == "https://example.myshopify.com/admin/api/2026-10/graphql.json"
    assert sent["headers"]["x-shopify-access-token"] == TOKEN
    assert TOKEN not in sent["url"] and TOKEN.encode() not in sent["body"]


@pytest.mark.parametrize(
    "text",
    [
        "example",
        "Example.myshopify.com",
        "https://example.myshopify.com/admin/products",
        "https://admin.shopify.com/store/example/orders?x=1",
        " example.myshopify.com ",
    ],
)
def test_what_people_paste_as_shop_address_is_understood(text):
    assert shop_domain(text) == "example.myshopify.com"


@pytest.mark.parametrize(
    "text", ["", "evil.example.com", "example.myshopify.com.evil.com", "a@b.myshopify.com", "x y"]
)
def test_another_address_never_gets_the_token(text):
    with pytest.raises(StopRun) as caught:
        connect(Script(), credentials={**CREDENTIALS, "shop": text})
    assert caught.value.field == "shop" and "example.myshopify.com" in str(caught.value)


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("http://127.0.0.1:8069", True),
        ("http://[::1]:8069", True),
        ("http://localhost:1", True),
        ("https://proxy.example.com/shopify", True),
        ("http://proxy.example.com", False),
        ("http://127.0.0.1.evil.com", False),
        ("ftp://127.0.0.1", False),
        ("https://ann:pw@proxy.example.com", False),
        ("http://127.0.0.1:notaport", False),
    ],
)
def test_plain_http_is_taken_on_this_machine_only(url, good):
    script = Script(page([]))
    if good:
        read(connect(script, settings={"base_url": url}))
        assert script.sent[0]["url"] == f"{url}/admin/api/2026-10/graphql.json"
    else:
        with pytest.raises(StopRun) as caught:
            connect(script, settings={"base_url": url})
        assert caught.value.field == "base_url"


@pytest.mark.parametrize(
    ("credentials", "field"),
    [
        ({"shop": "example"}, "access_token"),
        ({"shop": "example", "client_id": "x"}, "client_secret"),
        ({"shop": "example", "access_token": "ab\ncd"}, "access_token"),
    ],
)
def test_a_missing_or_malformed_credential_is_named(credentials, field):
    with pytest.raises(StopRun) as caught:
        connect(Script(), credentials=credentials)
    assert caught.value.field == field


def test_a_wrong_token_stops_and_says_what_to_do():
    script = Script(ok({"errors": "[API] Invalid API key or access token"}, 401))
    with pytest.raises(StopRun, match="Enter a valid access token") as caught:
        read(connect(script))
    assert caught.value.cause == "credentials" and len(script.sent) == 1


# -- client credentials ----------------------------------------------------------------------------


def granted(token="shpat_granted00000001", seconds=86399):
    return {"access_token": token, "scope": "read_products", "expires_in": seconds}


class Cache(dict):
    def get(self, name):
        return super().get(name)

    def put(self, name, value, expires):
        self[name] = value
        self.expires = expires


def test_a_token_is_fetched_once_and_used_until_shortly_before_its_end():
    clock = FakeClock()
    script = Script(granted(), page([]), page([]), granted("shpat_granted00000002"), page([]))
    endpoint = connect(script, clock, GRANT)
    read(endpoint)
    clock.advance(86399 - 601)
    read(endpoint)
    clock.advance(2)
    read(endpoint)
    grants = [s for s in script.sent if s["url"].endswith("/admin/oauth/access_token")]
    assert len(grants) == 2
    assert grants[0]["body"] == (
        b"grant_type=client_credentials&client_id=id-4711&client_secret=very-secret-canary-4711"
    )
    assert script.sent[-1]["headers"]["x-shopify-access-token"] == "shpat_granted00000002"


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        (10**30, 172_800),
        (172_801, 172_800),
        (3_600, 3_600),
        (0, 1_200),
        (-(10**30), 1_200),
        (True, 86_399),
        ("soon", 86_399),
        (None, 86_399),
    ],
)
def test_a_lifetime_that_can_not_be_is_bounded(told, seconds):
    cache = Cache()
    read(connect(Script(granted(seconds=told), page([])), FakeClock(), GRANT, cache=cache))
    assert cache.expires == FakeClock().now() + timedelta(seconds=seconds - 600)


def test_a_refused_token_is_renewed_once_and_the_request_sent_again():
    script = Script(granted(), ok({"errors": "no"}, 401), granted("shpat_new0000001"), page([]))
    assert read(connect(script, credentials=GRANT)) == []
    script = Script(granted(), ok("{}", 401), granted("shpat_new0000001"), ok("{}", 401))
    with pytest.raises(StopRun):
        read(connect(script, credentials=GRANT))


def test_a_token_is_kept_in_the_cache_for_other_processes():
    cache, clock = Cache(), FakeClock()
    read(connect(Script(granted(), page([])), clock, GRANT, cache=cache))
    assert list(cache.values()) == ["shpat_granted00000001"]
    assert cache.expires == datetime(2026, 1, 1, tzinfo=timezone.utc) + timedelta(
        seconds=86399 - 600
    )
    script = Script(page([]))
    read(connect(script, clock, GRANT, cache=cache))
    assert script.sent[0]["headers"]["x-shopify-access-token"] == "shpat_granted00000001"


def test_a_kept_token_that_is_refused_is_replaced():
    cache = Cache({"shopify:https://example.myshopify.com:id-4711": "shpat_old000000001"})
    script = Script(ok("{}", 401), granted("shpat_new0000001"), page([]))
    read(connect(script, credentials=GRANT, cache=cache))
    assert list(cache.values()) == ["shpat_new0000001"]


@pytest.mark.parametrize("answer", [ok({"error": "invalid_client"}, 400), ok({}), ok([1])])
def test_a_refused_grant_names_the_credential_and_shows_no_secret(answer):
    with pytest.raises(StopRun) as caught:
        read(connect(Script(answer), credentials=GRANT))
    assert caught.value.field == "client_secret" and "Dev Dashboard" in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("credentials", [GRANT, CREDENTIALS])
@pytest.mark.parametrize(
    ("status", "out"), [(401, True), (403, True), (402, False), (404, False), (423, False)]
)
def test_only_refused_credentials_are_shut_out(credentials, status, out):
    with pytest.raises(StopRun) as caught:
        read(connect(Script(ok("{}", status)), credentials=credentials))
    assert is_shut_out(caught.value) is out


def test_a_refused_grant_is_shut_out_and_a_missing_scope_is_not():
    for answer, out in ((ok({"error": "invalid_client"}, 400), True), (ok({}), False)):
        with pytest.raises(StopRun) as caught:
            read(connect(Script(answer), credentials=GRANT))
        assert is_shut_out(caught.value) is out
    assert not is_shut_out(StopRun("no scope", details={"scopes": ["read_products"]}))


# -- cost ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 429])
def test_a_throttled_request_waits_until_the_points_are_there(status):
    clock = FakeClock()
    read(connect(Script(ok(THROTTLED, status), page([])), clock))
    seconds = (752 - 666) / 100 if status == 200 else 0.75
    assert seconds <= clock.slept[0] <= seconds + 0.25


def test_a_request_waits_before_it_is_sent_when_too_few_points_are_left():
    clock = FakeClock()
    first = {**page([CATEGORY], more=True, cost=400)}
    first["extensions"] = {"cost": cost_of(400, 100)}
    script = Script(first, page([]))
    read(connect(script, clock))
    assert 3.0 <= clock.slept[0] <= 6.0 and len(script.sent) == 2


def test_throttling_beyond_15_seconds_is_left_to_the_job_queue():
    slow = {**THROTTLED, "extensions": {"cost": cost_of(900, 0, rate=10)}}
    clock = FakeClock()
    with pytest.raises(Throttled) as caught:
        read(connect(Script(slow), clock))
    assert caught.value.seconds == 90 and clock.slept == [] and not caught.value.sent


def test_a_query_that_is_too_costly_is_asked_for_in_smaller_pages():
    def answer(request):
        if request["variables"]["first"] > 10:
            return {"errors": [error("MAX_COST_EXCEEDED", cost=1600, maxCost=1000)]}
        return page([CATEGORY])

    script = Script(*[answer] * 10)
    assert len(read(connect(script))) == 1
    sizes = [sent["json"]["variables"]["first"] for sent in script.sent]
    assert sizes == sorted(sizes, reverse=True) and sizes[-1] <= 10


def test_a_size_that_was_refused_is_never_asked_for_again():
    sizer = PageSizer(40)
    assert sizer.shrink(40, None, None) and sizer.size == 20
    for _ in range(10):
        sizer.learn(sizer.size, 100)
    assert sizer.size == 39


def test_a_page_close_to_the_limit_shrinks_without_being_refused():
    sizer = PageSizer(40)
    sizer.learn(40, 950)
    assert sizer.size == 33
    sizer.learn(5, 10)
    assert sizer.size == 33, "a last, smaller page says nothing"


def test_pages_grow_while_they_are_cheap():
    pages = [
        page(
            [
                {
                    **CATEGORY,
                    "id": f"gid://shopify/Collection/{i}",
                    "updatedAt": f"2026-01-0{i}T00:00:00Z",
                }
            ],
            i < 5,
        )
        for i in range(1, 6)
    ]
    script = Script(*pages)
    read(connect(script))
    sizes = [sent["json"]["variables"]["first"] for sent in script.sent]
    assert sizes == [100, 151, 227, 250, 250]


def test_one_record_that_is_too_costly_alone_stops_with_a_reason():
    refusal = {"errors": [error("MAX_COST_EXCEEDED", "Query cost is 2000")]}
    with pytest.raises(StopRun, match="even one record at a time"):
        read(connect(Script(*[refusal] * 30)))


# -- hostile answers -------------------------------------------------------------------------------

HOSTILE = {
    "html": ok("<html>Down for maintenance</html>"),
    "empty body": ok(""),
    "truncated": ok('{"data": {"page": {"edges": ['),
    "a list": ok([1, 2]),
    "a text": ok('"hello"'),
    "null": ok("null"),
    "no data": ok({}),
    "null data": ok({"data": None}),
    "server error": ok({"errors": [error("INTERNAL_SERVER_ERROR")]}),
    "errors as text": ok("", 503),
    "connection lost": TransportError("reset", sent=True),
    "not connected": TransportError("refused", sent=False),
}


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
def test_a_broken_answer_is_tried_again_and_then_left_for_later(answer):
    assert len(read(connect(Script(answer, page([CATEGORY]))))) == 1
    clock = FakeClock()
    with pytest.raises(RetryLater) as caught:
        read(connect(Script(*[answer] * 5), clock))
    assert sum(clock.slept) <= 15 and caught.value.remedy


WRONG = {
    "page is null": {"page": None},
    "edges are null": {"page": {"edges": None, "pageInfo": {"hasNextPage": False}}},
    "no page info": {"page": {"edges": []}},
    "node without id": {
        "page": {"edges": [{"cursor": "c", "node": {}}], "pageInfo": {"hasNextPage": False}}
    },
    "node without time": {
        "page": {
            "edges": [{"cursor": "c", "node": {"id": "gid://shopify/Collection/1"}}],
            "pageInfo": {"hasNextPage": False},
        }
    },
}


@pytest.mark.parametrize("fields", WRONG.values(), ids=WRONG)
def test_wrong_types_are_named_and_never_taken_for_an_empty_shop(fields):
    with pytest.raises(RetryLater, match="not what Shopify documents"):
        read(connect(Script(data(fields))))


def test_null_nodes_are_left_out():
    answer = page([CATEGORY])
    answer["data"]["page"]["edges"] += [{"cursor": "x", "node": None}, None]
    assert [r.id for r in read(connect(Script(answer)))] == [CATEGORY["id"]]


def test_a_value_of_the_wrong_type_is_passed_on_for_the_typed_record_to_name():
    node = {**CATEGORY, "title": {"a": 1}}
    assert read(connect(Script(page([node]))))[0].fields["title"] == {"a": 1}


@pytest.mark.parametrize(
    ("errors", "kind"),
    [
        ("just a text", Refused),
        ([1, None], Refused),
        ([{"message": None, "extensions": [], "path": "x"}], Refused),
        ([error("undefinedField", "Field 'x' doesn't exist")], Refused),
        ([error("ACCESS_DENIED", "Required access: `read_products` access scope.")], StopRun),
    ],
)
def test_errors_of_any_shape_become_an_error_of_ours(errors, kind):
    with pytest.raises(kind) as caught:
        read(connect(Script(ok({"data": None, "errors": errors}))))
    assert type(caught.value) is kind


def test_a_missing_scope_is_named_with_its_remedy():
    denied = [error("ACCESS_DENIED", "Access denied. Required access: `read_products` scope.")]
    with pytest.raises(StopRun, match="Grant the app read_products") as caught:
        read(connect(Script(ok({"errors": denied}))))
    assert caught.value.details == {"scopes": ["read_products"]}


def test_a_denied_field_is_absent_and_not_empty():
    node = {**CATEGORY, "descriptionHtml": None}
    answer = page([node])
    path = ["page", "edges", 0, "node", "descriptionHtml"]
    answer["errors"] = [error("ACCESS_DENIED", path=path)]
    (record,) = read(connect(Script(answer)))
    assert "descriptionHtml" not in record.fields and record.fields["title"] == "Shirts"


# -- secrets ---------------------------------------------------------------------------------------


def test_no_secret_leaves_by_errors_traces_tokens_or_texts_of_objects():
    said: list[str] = []
    echo = f"bad {TOKEN} and {SECRET} in https://x:{SECRET}@y/?access_token={TOKEN}"
    for credentials in (CREDENTIALS, GRANT):
        for answer in (
            ok(echo, 401),
            ok(echo, 500),
            ok(echo, 418),
            ok(echo, 302, location=f"https://evil.example/?token={TOKEN}"),
            ok(echo),
            ok({"errors": [error("X", echo)]}),
            ok({"errors": [error("ACCESS_DENIED", echo)]}),
            TransportError(echo, sent=True),
            TransportError(echo, sent=False, permanent=True),
        ):
            trace: list[object] = []
            first = [granted(TOKEN)] if credentials is GRANT else []
            script = Script(*first, *[answer] * 8, *[granted(TOKEN)] * 2)
            endpoint = connect(script, credentials=credentials, trace=trace.append)
            with pytest.raises(Exception) as caught:  # noqa: B017, PT011 (whatever it is)
                read(endpoint)
            said += [str(caught.value), repr(caught.value), repr(vars(caught.value))]
            said += [repr(trace), repr(endpoint), repr(vars(endpoint)["_client"])]
    assert len(said) > 50
    assert not [text for text in said if TOKEN in text or SECRET in text]


def test_user_errors_are_shown_redacted_too():
    payload = {"userErrors": [{"field": ["input", "title"], "message": f"no {SECRET}"}]}
    script = Script(data({"m0": None}), data({"m0": {**payload, "product": None}}))
    (result,) = connect(script).write("product", [Op("k", "create", None, {"title": "x"})])
    assert result.error is not None and SECRET not in str(result.error)
