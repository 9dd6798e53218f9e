"""Torture for as long as wanted: seed after seed; a failing one is told with what replays it."""

# pylint: disable=print-used
from __future__ import annotations

import argparse
import time
import traceback
from collections.abc import Sequence
from typing import Any

from .play import play

#: Examples a seed plays, where nothing else is said.
EXAMPLES = 100


def replay(number: int, examples: int) -> str:
    """The command that plays this seed again, with the same end."""
    return f"make torture SEED={number} EXAMPLES={examples}"


def played(number: int, examples: int, **more: Any) -> str:
    """`play`; of a seed that fails the command that replays it is printed before it is raised."""
    try:
        return play(number, examples, **more)
    except Exception as error:
        print(f"\nseed {number} failed: {error}\nreplay it with: {replay(number, examples)}")
        raise


def torture(number: int, seconds: float, examples: int, shrinks: bool = True, **more: Any) -> int:
    """Play seeds from `number` on until `seconds` are over, at least one. The exit code."""
    began = time.monotonic()
    while True:
        try:
            digest = played(number, examples, shrinks=shrinks, **more)
        except Exception as error:
            traceback.print_exception(error)
            return 1
        print(f"seed {number}: {examples} examples, all promises kept ({digest[:12]})", flush=True)
        number += 1
        if time.monotonic() - began >= seconds:
            return 0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, help="the first seed; alone, the only one")
    parser.add_argument("--seconds", type=float, help="how long (600)")
    parser.add_argument("--examples", type=int, default=EXAMPLES, help="examples a seed")
    asked = parser.parse_args(arguments)
    seconds = asked.seconds if asked.seconds is not None else 0 if asked.seed is not None else 600
    return torture(1 if asked.seed is None else asked.seed, seconds, asked.examples)


if __name__ == "__main__":
    raise SystemExit(main())
