"""The report of a run as Markdown: what was killed, what was compared, what was found."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from .books import Verdict

SHOWN = 5
KINDS = {
    "worker": "a process of Odoo's (request, job runner, cron)",
    "backend": "a PostgreSQL backend of Odoo's (all sessions end with it)",
    "server": "the Odoo server, all its processes",
    "postmaster": "the PostgreSQL postmaster",
}


@dataclass(slots=True)
class Found:
    """All that a run came to."""

    command: str
    versions: Mapping[str, str]
    sizes: Mapping[str, int] = field(default_factory=dict)
    kills: Mapping[str, int] = field(default_factory=dict)
    at_work: Mapping[str, int] = field(default_factory=dict)
    #: Name of a run → kills while it was going on.
    struck: Mapping[str, int] = field(default_factory=dict)
    faults: Mapping[str, int] = field(default_factory=dict)
    retaken: Mapping[str, int] = field(default_factory=dict)
    resumed: int = 0
    starts: int = 0
    edits: int = 0
    seconds: Mapping[str, float] = field(default_factory=dict)
    verdicts: Sequence[Verdict] = ()
    undone: Sequence[str] = ()
    broken: Sequence[str] = ()
    #: Name of a further sync → what it wrote.
    further: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        good = all(verdict.is_good for verdict in self.verdicts)
        quiet = not any(written for written in self.further.values())
        return bool(self.verdicts) and good and quiet and not (self.broken or self.undone)


def markdown(found: Found) -> str:
    said = "**Nothing lost, nothing doubled.**" if found.is_good else "**Promises were broken.**"
    parts = [
        "# Killed at random, and both sides compared whole",
        f"`{found.command}` — what it does is told in `tests/torture/real/__main__.py`.",
        said,
        "## Kills",
        _table(
            ("killed with SIGKILL", "times", "in the middle of work"),
            [(KINDS[kind], found.kills.get(kind, 0), found.at_work.get(kind, 0)) for kind in KINDS]
            + [("together", sum(found.kills.values()), sum(found.at_work.values()))],
        ),
        _list(f"{name}: {count}" for name, count in found.struck.items()),
        "## Both sides, at rest",
        _table(
            ("entity", "at the shop", "in Odoo", "lost", "too many", "doubled", "different"),
            [_numbers(verdict) for verdict in found.verdicts],
        ),
        f"{found.edits} edits were typed on either side between the runs; "
        f"{len(found.undone)} of them do not stand.",
        _list(_examples(found)),
        "## The gateway's own books",
        _list(
            found.broken or ["Pages, flows, runs, jobs, letters and bindings are as they must be."]
        ),
        _list(f"{name}: {_written(written)}" for name, written in found.further.items()),
        "## How it went",
        _list(
            [
                *(f"{name}: {count}" for name, count in found.sizes.items()),
                *(f"{name}: {count}" for name, count in found.retaken.items()),
                f"starts of the Odoo server: {found.starts}",
                f"resumed by hand: {found.resumed}",
                f"faults of the shop: {_words(found.faults)}",
                *(f"{name}: {seconds:.0f} s" for name, seconds in found.seconds.items()),
                *(f"{name} {number}" for name, number in found.versions.items()),
            ]
        ),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def versions(root: Path, postgres: str) -> dict[str, str]:
    """What was tried: this repository, Odoo, queue_job, PostgreSQL, Python and the machine."""
    commit = subprocess.run(
        ["git", "-C", str(root), "describe", "--always", "--dirty"],
        check=False,
        capture_output=True,
        text=True,
    )
    odoo = subprocess.run(
        [sys.executable, "-m", "odoo", "--version"], check=False, capture_output=True, text=True
    )
    return {
        "gateway_ng": commit.stdout.strip() or "unknown",
        "Odoo": odoo.stdout.split()[-1] if odoo.stdout else "unknown",
        "queue_job": version("odoo-addon-queue_job"),
        "PostgreSQL": postgres,
        "Python": platform.python_version(),
        "cores": str(os.cpu_count()),
    }


def _numbers(verdict: Verdict) -> tuple[object, ...]:
    wrong = (verdict.lost, verdict.surplus, verdict.doubled, verdict.differing)
    return (verdict.entity, verdict.shop, verdict.odoo, *(len(one) for one in wrong))


def _examples(found: Found) -> list[str]:
    lines = [*found.undone[:SHOWN]]
    for verdict in found.verdicts:
        for name in ("lost", "surplus", "doubled", "differing"):
            lines += [f"{verdict.entity}, {name}: {one}" for one in getattr(verdict, name)[:SHOWN]]
    return lines


def _written(counts: Mapping[str, int]) -> str:
    return f"wrote {_words(counts)}" if counts else "wrote nothing on either side"


def _words(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "none"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
