"""Torture for as long as wanted: seed after seed, over the shop in memory and over the demo shop; a
failing one is told with what replays it."""

# pylint: disable=print-used
from __future__ import annotations

import argparse
import time
import traceback
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from .demo.machine import DemoTorture
from .demo.shop import DemoShop
from .play import play
from .sides import Shop
from .world import World

#: Examples a seed plays, where nothing else is said.
EXAMPLES = 100
#: What the shop's side may be: its name → how it is played.
SHOPS: Mapping[str, Mapping[str, Any]] = {
    "memory": {"make": partial(World, shop_class=Shop)},
    "demo": {"make": partial(World, shop_class=DemoShop), "machine": DemoTorture},
}
#: Of so many examples one is played: those over the demo shop take longer.
ONE_OF = {"memory": 1, "demo": 5}


def replay(number: int, examples: int, shop: str = "memory") -> str:
    """The command that plays this seed again, with the same end."""
    return f"make torture SEED={number} EXAMPLES={examples} SHOP={shop}"


def played(number: int, examples: int, shop: str = "memory", **more: Any) -> str:
    """`play`; of a seed that fails the command that replays it is printed before it is raised."""
    try:
        return play(number, examples, **{**SHOPS[shop], **more})
    except Exception as error:
        print(f"\nseed {number} failed: {error}\nreplay it with: {replay(number, examples, shop)}")
        raise


def torture(
    number: int, seconds: float, examples: int, shop: str = "", shrinks: bool = True, **more: Any
) -> int:
    """Play seeds from `number` on until `seconds` are over, at least one: over `shop`, or over
    each, of which the slower ones get a share. The exit code."""
    began = time.monotonic()
    shares = {name: max(1, examples // ONE_OF[name]) for name in SHOPS}
    while True:
        for name, share in {shop: examples}.items() if shop else shares.items():
            try:
                digest = played(number, share, name, shrinks=shrinks, **more)
            except Exception as error:
                traceback.print_exception(error)
                return 1
            told = f"seed {number}, {name}: {share} examples, all promises kept ({digest[:12]})"
            print(told, flush=True)
        number += 1
        if time.monotonic() - began >= seconds:
            return 0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, help="the first seed; alone, the only one")
    parser.add_argument("--seconds", type=float, help="how long (600)")
    parser.add_argument("--examples", type=int, default=EXAMPLES, help="examples a seed")
    parser.add_argument("--shop", choices=sorted(SHOPS), default="", help="only this one")
    asked = parser.parse_args(arguments)
    seconds = asked.seconds if asked.seconds is not None else 0 if asked.seed is not None else 600
    return torture(1 if asked.seed is None else asked.seed, seconds, asked.examples, asked.shop)


if __name__ == "__main__":
    raise SystemExit(main())
