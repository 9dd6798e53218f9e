"""Full reads by bulk operations: the same records, streamed, resumed; by pages where it fails."""

from __future__ import annotations

import json

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop, seed_demo
from gateway_ng.lib.endpoint import Watermark
from gateway_ng.lib.errors import RetryLater, StopRun
from gateway_ng.lib.http import Response
from gateway_ng.lib.platforms.shopify import bulk_file
from gateway_ng.lib.platforms.shopify.bulk_file import BrokenFile, nodes_of
from gateway_ng.lib.platforms.shopify.client import Reply
from gateway_ng.lib.platforms.shopify.documents import BULK
from gateway_ng.tests.pure.shopify_fakes import TOKEN, ShopTransport, connect


class Files(ShopTransport):
    """Keeps which pieces of files were asked for; may not know of ranges, or fail."""

    def __init__(self, shop):
        super().__init__(shop)
        self.pieces: list[str] = []
        self.largest = 0
        self.ranges = True
        self.status = 0
        self.cut = None

    def send(self, method, url, headers, body, timeout):
        if method == "GET":
            self.pieces.append(headers["range"])
            assert "x-shopify-access-token" not in headers
            if self.status:
                return Response(self.status, {}, b"")
            if not self.ranges:
                headers = {}
        answer = super().send(method, url, headers, body, timeout)
        if method == "GET" and self.cut:
            lines = answer.body.splitlines(keepends=True)[: self.cut]
            answer = Response(200, {}, b"".join(lines))
        if method == "GET":
            self.largest = max(self.largest, len(answer.body))
        return answer


class Bulk:
    def __init__(self, above=1, **settings):
        self.clock = FakeClock()
        self.shop = Shop(
            self.clock, Settings(access_token=TOKEN, deep_orders=True).updated(settings)
        )
        seed_demo(self.shop)
        self.wire = Files(self.shop)
        self.endpoint = self.open(above)

    def open(self, above=1):
        return connect(self.wire, self.clock, settings={"bulk_above": str(above)})

    def read(self, entity, endpoint=None, **more):
        return list((endpoint or self.endpoint).pages(entity, **more))

    def records(self, entity, endpoint=None, **more):
        pages = self.read(entity, endpoint, **more)
        return {r.id: r.fields for page in pages for r in page.records}


@pytest.mark.parametrize("entity", BULK)
def test_a_bulk_read_gives_what_pages_give(entity):
    bulk = Bulk()
    by_pages = bulk.records(entity, connect(bulk.wire, bulk.clock))
    assert "BulkRun" not in bulk.wire.operations
    assert bulk.records(entity) == by_pages
    assert bulk.wire.operations.count("BulkRun") == 1
    assert len(by_pages) >= 20


def test_few_records_are_read_by_pages():
    bulk = Bulk(above=1000)
    assert len(bulk.records("product")) == 20
    assert "BulkRun" not in bulk.wire.operations
    assert bulk.wire.operations[0] == "ProductCount"


def test_a_read_since_a_time_is_never_one_in_bulk():
    bulk = Bulk()
    bulk.read("product", since=Watermark(bulk.clock.now()))
    assert not {"BulkRun", "ProductCount"} & set(bulk.wire.operations)


def test_the_watermark_is_the_operation_s_start_and_on_the_last_page_alone():
    bulk = Bulk()
    bulk.endpoint._bulk.page_size = 6
    start = bulk.clock.now()
    pages = []
    for page in bulk.endpoint.pages("product"):
        pages.append(page)
        bulk.clock.advance(600)
    assert [page.watermark for page in pages] == [*[None] * (len(pages) - 1), Watermark(start)]
    assert [len(page.records) for page in pages] == [6, 6, 6, 2]
    assert bulk.endpoint.entities()["product"].order == "unordered"


def test_any_token_goes_on_in_the_file_in_a_new_process():
    bulk = Bulk()
    bulk.endpoint._bulk.page_size = 6
    pages = bulk.read("product")
    seen = set()
    for page in pages[:-1]:
        seen |= {r.id for r in page.records}
        rest = bulk.records("product", bulk.open(), token=page.token)
        assert not seen & set(rest) and len(seen) + len(rest) == 20
    assert bulk.wire.operations.count("BulkRun") == 1


def test_an_operation_that_still_runs_keeps_its_place_and_is_asked_for_later():
    bulk = Bulk(bulk_seconds=100.0)
    pages = bulk.endpoint.pages("product")
    first = next(pages)
    assert (first.records, first.watermark) == ((), None)
    with pytest.raises(RetryLater, match="still running") as error:
        next(pages)
    assert not error.value.sent
    bulk.clock.advance(100)
    assert len(bulk.records("product", bulk.open(), token=first.token)) == 20
    assert bulk.wire.operations.count("BulkRun") == 1


def test_an_operation_that_a_crash_left_running_is_taken_up():
    bulk = Bulk(bulk_seconds=100.0)
    start = bulk.clock.now()
    next(bulk.endpoint.pages("product"))
    token = next(bulk.open().pages("product")).token
    bulk.clock.advance(100)
    pages = bulk.read("product", bulk.open(), token=token)
    assert bulk.wire.operations.count("BulkRun") == 1
    assert pages[-1].watermark == Watermark(start)
    assert len({r.id for page in pages for r in page.records}) == 20


def test_several_entities_are_read_at_once():
    bulk = Bulk(bulk_seconds=60.0)
    running = {entity: next(bulk.endpoint.pages(entity)).token for entity in BULK}
    bulk.clock.advance(60)
    for entity, token in running.items():
        assert bulk.records(entity, bulk.open(), token=token)
    assert bulk.wire.operations.count("BulkRun") == len(BULK)


def test_where_no_operation_may_be_begun_pages_do_it():
    bulk = Bulk(bulk_seconds=1000.0, bulk_operations=1)
    next(bulk.endpoint.pages("order"))
    assert len(bulk.records("product")) == 20
    assert "Products" in bulk.wire.operations


@pytest.mark.parametrize("outcome", ["FAILED", "EXPIRED", "CANCELED"])
def test_an_operation_that_came_to_nothing_is_made_up_for_by_pages(outcome):
    bulk = Bulk(bulk_outcome=outcome)
    start = bulk.clock.now()
    pages = bulk.read("product")
    assert len({r.id for page in pages for r in page.records}) == 20
    assert pages[-1].watermark.time <= start


def test_a_file_that_expired_while_it_was_read_is_read_by_pages_from_the_start():
    bulk = Bulk()
    bulk.endpoint._bulk.page_size = 6
    token = bulk.read("product")[0].token
    bulk.wire.status = 403
    assert len(bulk.records("product", bulk.open(), token=token)) == 20


@pytest.mark.parametrize("cut", [1, 10, -1])
def test_a_file_that_is_cut_at_a_line_s_end_is_read_by_pages_from_the_start(cut):
    bulk = Bulk()
    bulk.wire.cut = cut
    assert len(bulk.records("product")) == 20
    assert "Products" in bulk.wire.operations, "part of the file was taken for the whole"


def test_a_file_that_is_cut_behind_the_place_where_a_read_goes_on_is_noticed_too():
    bulk = Bulk()
    bulk.endpoint._bulk.page_size = 6
    token = bulk.read("product")[1].token
    assert len(bulk.records("product", bulk.open(), token=token)) == 8
    bulk.wire.ranges, bulk.wire.cut = False, -1
    assert len(bulk.records("product", bulk.open(), token=token)) == 20


def test_an_operation_that_does_not_tell_how_much_it_wrote_is_not_trusted():
    bulk = Bulk()
    state = bulk.endpoint._bulk._state
    bulk.endpoint._bulk._state = lambda place: {**state(place), "objectCount": None}
    assert len(bulk.records("product")) == 20
    assert "Products" in bulk.wire.operations


def test_a_line_without_an_end_is_given_up():
    class Http:
        asked = 0

        def request(self, method, url, *, headers, repeatable):
            self.asked += 1
            assert self.asked < 40, "held in memory for ever"
            return Response(206, {"content-range": f"bytes 0-1/{10**12}"}, b"x" * 2**20)

    with pytest.raises(BrokenFile, match="longer than 16,777,216 bytes"):
        next(bulk_file.rows(Http(), "https://x.example/f", 0))


def test_a_scope_that_is_missing_is_found_out_by_pages():
    scopes = ("read_orders", "read_products")
    bulk = Bulk(scopes=scopes)
    found = bulk.records("order")
    assert len(found) > 50
    assert all("customer" not in fields for fields in found.values())


def test_an_operation_that_found_nothing_gives_one_empty_last_page():
    bulk = Bulk()
    bulk.shop.store.tables["Customer"].clear()
    send = bulk.endpoint._client.send

    def one_then_none(document, *args, **more):
        counted = document.name == "CustomerCount"
        return Reply({"found": {"count": 1}}) if counted else send(document, *args, **more)

    bulk.endpoint._client.send = one_then_none
    (page,) = bulk.read("customer")
    assert (list(page.records), page.token) == ([], None)
    assert page.watermark is not None
    assert "BulkRun" in bulk.wire.operations and bulk.wire.pieces == []


def test_no_more_than_a_piece_of_the_file_is_held():
    bulk = Bulk()
    bulk.endpoint._bulk.piece = 2000
    whole = bulk.records("order")
    assert bulk.wire.largest == 2000
    assert len(bulk.wire.pieces) > 20
    assert whole == bulk.records("order", connect(bulk.wire, bulk.clock))


def test_records_are_given_before_the_file_is_read_to_its_end():
    bulk = Bulk()
    bulk.endpoint._bulk.piece, bulk.endpoint._bulk.page_size = 2000, 2
    pages = bulk.endpoint.pages("product")
    first = next(pages)
    asked = len(bulk.wire.pieces)
    assert len(first.records) == 2
    rest = list(pages)
    assert len(bulk.wire.pieces) > 4 * asked
    assert len(rest) == 9


def test_a_server_that_knows_no_ranges_gives_the_file_as_a_whole():
    bulk = Bulk()
    bulk.wire.ranges = False
    bulk.endpoint._bulk.page_size = 6
    pages = bulk.read("product")
    assert sum(len(page.records) for page in pages) == 20
    assert len(bulk.records("product", bulk.open(), token=pages[1].token)) == 8


def test_a_file_elsewhere_is_had_by_https_only():
    bulk = Bulk()
    bulk.shop.address = "http://files.example.com"
    assert len(bulk.records("product")) == 20
    assert bulk.wire.pieces == []


@pytest.mark.parametrize(
    ("host", "address", "asked"),
    [
        ("169.254.169.254", "169.254.169.254", 0),
        ("localhost:8069", "127.0.0.1", 0),
        ("files.example.com", "10.0.0.5", 0),
        ("files.example.com", "8.8.8.8", 1),
    ],
)
def test_a_file_is_not_fetched_from_inside_our_own_network(host, address, asked):
    bulk = Bulk()
    bulk.shop.address = f"https://{host}"
    bulk.endpoint._bulk.resolve = lambda _host, _port: [address]
    assert len(bulk.records("product")) == 20
    assert len(bulk.wire.pieces) == asked


def lines(*rows):
    return iter([(n, row) for n, row in enumerate(rows)])


def test_an_element_that_does_not_follow_its_record_is_no_guess():
    stray = {"__parentId": "gid://a/1", "__typename": "ProductVariant", "id": "v"}
    with pytest.raises(BrokenFile):
        list(nodes_of(lines(stray), {"ProductVariant": "variants"}))
    with pytest.raises(BrokenFile):
        list(nodes_of(lines({"id": "b"}, stray), {"ProductVariant": "variants"}))


@pytest.mark.parametrize("piece", [1, 3, 7, 50, 10_000])
def test_lines_are_put_together_whatever_the_pieces(piece):
    rows = [{"id": f"gid://x/{n}", "title": "Grüße 👕" * n} for n in range(9)]
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()

    class Http:
        def request(self, method, url, *, headers, repeatable):
            first, last = (int(n) for n in headers["range"][6:].split("-"))
            part = text[first : last + 1]
            return Response(206, {"content-range": f"bytes {first}-{last}/{len(text)}"}, part)

    found = list(bulk_file.rows(Http(), "https://x.example/f", 0, piece))
    assert [row for _, row in found] == rows
    for at, row in found:
        again = next(iter(bulk_file.rows(Http(), "https://x.example/f", at, piece)))
        assert again == (at, row)


@pytest.mark.parametrize("value", ["many", "-1", "1.5"])
def test_a_number_that_is_none_is_refused_by_name(value):
    with pytest.raises(StopRun) as error:
        connect(ShopTransport(Shop(FakeClock())), settings={"bulk_above": value})
    assert error.value.field == "bulk_above"
