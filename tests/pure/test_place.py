"""The place in a list that a page's token stands for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

import pytest

from gateway_ng.lib.endpoint import Token
from gateway_ng.lib.errors import StopRun
from gateway_ng.lib.platforms.place import Place

NOON = datetime(2026, 3, 29, 12, tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class Here(Place):
    row: int = 0
    cursor: str | None = None
    last: datetime | None = None


@pytest.mark.parametrize(
    "place",
    [Here(NOON), Here(NOON, NOON), Here(NOON, row=7, cursor="x"), Here(NOON, last=NOON)],
)
def test_a_token_gives_back_the_place_it_was_made_of(place: Here) -> None:
    assert Here.parse(place.token()) == place


@pytest.mark.parametrize(
    "token",
    [
        "",
        "[]",
        "null",
        '{"v":2,"start":"2026-03-29T12:00:00+00:00"}',
        '{"v":1}',
        '{"v":1,"start":null}',
        '{"v":1,"start":"yesterday"}',
        '{"v":1,"start":"2026-03-29T12:00:00"}',
        '{"v":1,"start":"2026-03-29T12:00:00+00:00","row":"first"}',
        '{"v":1,"start":"2026-03-29T12:00:00+00:00","last":5}',
    ],
)
def test_a_token_that_this_client_did_not_make_stops_the_run_with_a_remedy(token: str) -> None:
    with pytest.raises(StopRun) as caught:
        Here.parse(Token(token))
    assert caught.value.remedy
