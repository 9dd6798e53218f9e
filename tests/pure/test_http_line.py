"""A wire that brings its owner's retry policy and asks its limiter first."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.errors import RetryLater
from gateway_ng.lib.http import HttpSession, Line, Response, RetryPolicy, Timeout


class Failing:
    def __init__(self) -> None:
        self.asked = 0

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout: Timeout,
    ) -> Response:
        self.asked += 1
        return Response(503, {})


class Gate:
    def __init__(self) -> None:
        self.passed = 0

    def acquire(self) -> None:
        self.passed += 1


def test_the_session_takes_over_the_policy_of_its_line() -> None:
    wire, gate, clock = Failing(), Gate(), FakeClock()
    policy = RetryPolicy(retries=2, base=0.5, factor=3.0, jitter=0.0)
    session = HttpSession(Line(wire, policy, gate), clock)
    with pytest.raises(RetryLater) as raised:
        session.request("GET", "https://shop.example.com/")
    assert (wire.asked, gate.passed) == (3, 3), "each try asks the limiter"
    assert clock.slept == [0.5, 1.5]
    assert raised.value.seconds == 4.5


def test_a_policy_given_to_the_session_goes_before_the_lines() -> None:
    wire = Failing()
    session = HttpSession(
        Line(wire, RetryPolicy(retries=3)), FakeClock(), policy=RetryPolicy(retries=0)
    )
    with pytest.raises(RetryLater):
        session.request("GET", "https://shop.example.com/")
    assert wire.asked == 1
