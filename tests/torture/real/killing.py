"""Who is killed, and when: drawn from one seeded source, those at work first."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field

from .cluster import Cluster
from .servers import Odoo

#: What is killed, how often in a hundred.
KINDS = {"worker": 50, "backend": 25, "server": 15, "postmaster": 10}
#: Seconds of work between two kills, and how long it is waited for work to begin.
PAUSES = (0.5, 6.0)
IDLE_SECONDS = 40


@dataclass(slots=True)
class Killer:
    """Kills once a `strike`, and starts again what does not start by itself.

    `kills`: how many of each kind; `at_work`: how many of their victims were doing something.
    """

    odoo: Odoo
    cluster: Cluster
    database: str
    chance: random.Random
    kills: Counter[str] = field(default_factory=Counter)
    at_work: Counter[str] = field(default_factory=Counter)
    last_at: float = field(default_factory=time.monotonic)
    next_at: float | None = None

    def is_due(self, is_at_work: bool) -> bool:
        """Asked again and again: whether it is time to strike. The pause begins when somebody is at
        work, for a kill of the idle tries nothing; nobody waits for that for ever."""
        now = time.monotonic()
        if self.next_at is None and (is_at_work or now > self.last_at + IDLE_SECONDS):
            self.next_at = now + self.chance.uniform(*PAUSES)
        return self.next_at is not None and now >= self.next_at

    def strike(self) -> str:
        """Kill one; what was killed, in words."""
        kind = self.chance.choices(list(KINDS), list(KINDS.values()))[0]
        told, busy = {
            "worker": self._worker,
            "backend": self._backend,
            "server": self._server,
            "postmaster": self._postmaster,
        }[kind]()
        self.next_at, self.last_at = None, time.monotonic()
        self.kills[kind] += 1
        self.at_work[kind] += busy
        self.cluster.start()
        self.odoo.supervise()
        return told

    def _sessions(self) -> dict[int, tuple[str, bool]]:
        """Sessions of Odoo's processes: pid → (application, at work)."""
        found = self.cluster.sessions(self.database)
        return {pid: (name, busy) for pid, name, busy in found if name.startswith("odoo")}

    def _worker(self) -> tuple[str, bool]:
        """One of the server's processes; one in the middle of a transaction where there is one."""
        while True:
            busy = {name for name, at_work in self._sessions().values() if at_work}
            workers = self.odoo.workers()
            working = [pid for pid in workers if f"odoo-{pid}" in busy]
            if workers and self.odoo.kill_worker(pid := self.chance.choice(working or workers)):
                return f"worker {pid}", pid in working
            self.odoo.supervise()
            time.sleep(0.2)

    def _backend(self) -> tuple[str, bool]:
        while True:
            sessions = self._sessions()
            working = [pid for pid, (_name, busy) in sessions.items() if busy]
            choice = working or list(sessions)
            if choice and self.cluster.kill_backend(pid := self.chance.choice(choice)):
                return f"PostgreSQL backend of {sessions[pid][0]}", pid in working
            self.odoo.supervise()
            time.sleep(0.2)

    def _server(self) -> tuple[str, bool]:
        busy = any(at_work for _name, at_work in self._sessions().values())
        self.odoo.kill()
        return "Odoo server", busy

    def _postmaster(self) -> tuple[str, bool]:
        busy = any(at_work for _name, at_work in self._sessions().values())
        self.cluster.kill()
        return "PostgreSQL postmaster", busy
