"""What goes wrong on the way: refusals of a busy server, failures, lost answers; seeded."""

from __future__ import annotations

import random

from .request import Response
from .settings import Settings


class Faults:
    def __init__(self, settings: Settings, seed: int = 0) -> None:
        self._settings = settings
        self._random = random.Random(seed)  # noqa: S311

    def before(self) -> Response | None:
        """An answer in place of the shop's, with nothing done."""
        settings = self._settings
        wait = {"Retry-After": str(settings.retry_after)}
        if settings.throttled > 0:
            settings.throttled -= 1
            return Response(429, wait, {"code": "too_many", "message": "Too many requests."})
        if settings.unavailable > 0:
            settings.unavailable -= 1
            return Response(503, wait, b"<html>Briefly unavailable for maintenance.</html>")
        if self._random.random() < settings.failure_rate:
            return Response(502, {}, b"<html>Bad gateway</html>")
        return None

    def loses(self) -> bool:
        """Whether the answer to what was just done is lost."""
        return self._random.random() < self._settings.lost_answer_rate
