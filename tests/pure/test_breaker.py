"""What counts as one cause for most of a page."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from gateway_ng.lib.endpoint import Record
from gateway_ng.lib.errors import MissingReference, SkipRecord, Undecided, ValidationError
from gateway_ng.lib.sync.breaker import common_failure
from gateway_ng.lib.sync.flow import Failures
from gateway_ng.lib.sync.item import Item

NOTHING = Failures(0, 0)


def lane(earlier: Failures = NOTHING) -> Any:
    def failed(*kind: str | None) -> Failures:
        return earlier if kind == ("reference", "reference", "lines") else NOTHING

    return SimpleNamespace(entity="order", flow=SimpleNamespace(failed=failed))


LANE = lane()


def dead(number: int, error: SkipRecord) -> Item:
    item = Item(Record(str(number), {}))
    item.bury(error, "reference")
    return item


def lacking_line(number: int) -> SkipRecord:
    return MissingReference("not here", field=f"lines.gid://shop/Line/{number}.product_id")


def test_the_same_field_of_each_records_own_element_is_one_cause() -> None:
    stop = common_failure(LANE, [dead(n, lacking_line(n)) for n in range(20)])
    assert stop is not None
    assert "20 of 20 order records failed alike (reference, reference at field lines)" in (
        str(stop)
    )


def test_fewer_than_20_never_stop() -> None:
    assert common_failure(LANE, [dead(n, lacking_line(n)) for n in range(19)]) is None


def test_small_pages_that_fail_alike_are_counted_together() -> None:
    items = [dead(n, lacking_line(n)) for n in range(5)]
    assert common_failure(lane(Failures(14, 14)), items) is None
    stop = common_failure(lane(Failures(15, 15)), items)
    assert stop is not None and "20 of 20 order records" in str(stop)
    assert common_failure(lane(Failures(40, 15)), items) is None, "most went well before"


def test_different_causes_never_stop() -> None:
    items = [dead(n, lacking_line(n)) for n in range(15)]
    items += [dead(n, ValidationError("no number", field="total")) for n in range(15, 30)]
    assert common_failure(LANE, items) is None


def test_what_a_person_has_to_decide_first_never_stops() -> None:
    items = [dead(n, Undecided("no rule", field="taxes")) for n in range(30)]
    assert common_failure(LANE, items) is None
