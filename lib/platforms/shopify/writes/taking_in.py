"""What the shop does by and by with the images it was given: looked at for a few seconds.

Source: MediaImage.status, job in the schema
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....clock import Clock
from ....errors import Refused
from ..connection import Connection
from ..documents import IMAGE_STATES, JOB_STATE
from .batches import Batches

#: How often it is looked at, a second apart.
_LOOKS = 3
_ENDED = ("READY", "FAILED")


class TakingIn:
    def __init__(self, batches: Batches, connection: Connection, clock: Clock) -> None:
        self._batches = batches
        self._connection = connection
        self._clock = clock

    def states(self, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """Image id → its node (`status`, `image`, `mediaErrors`), once all are ready or failed, or
        the time is up."""
        found: dict[str, Mapping[str, Any]] = {}
        for look in range(_LOOKS if ids else 0):
            if look:
                self._clock.sleep(1.0)
            waited = [id_ for id_ in ids if found.get(id_, {}).get("status") not in _ENDED]
            told = self._connection.nodes(IMAGE_STATES, waited, {})
            found.update({str(node["id"]): node for node in told})
            if all(found.get(id_, {}).get("status") in _ENDED for id_ in ids):
                break
        return found

    def await_jobs(self, payloads: Sequence[Mapping[str, Any]]) -> None:
        """Until then the shop shows the order before, as if somebody had changed it."""
        jobs = [payload.get("job") or {"done": True} for payload in payloads]
        for _look in range(_LOOKS):
            waited = [{"id": job["id"]} for job in jobs if not job.get("done") and job.get("id")]
            if not waited:
                return
            self._clock.sleep(1.0)
            told = self._batches.run(JOB_STATE, waited, repeatable=True)
            jobs = [job for job in told if isinstance(job, Mapping)]


def failed(state: Mapping[str, Any]) -> Refused:
    """Why the shop has no image of what it was given."""
    errors: Sequence[Mapping[str, Any]] = state.get("mediaErrors") or ()
    said = "; ".join(str(one.get("message")) for one in errors)
    return Refused(
        f"the shop could not take the image in: {said or 'it says no more'}",
        value=state.get("id"),
        remedy="Replace the image in Odoo by another one, then retry.",
    )
