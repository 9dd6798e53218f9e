"""Real processes, killed at random: make crash [KILLS=50] [PRODUCTS=2000] [ORDERS=500] [SEED=n].

An Odoo server with two workers, queue_job's runner and a cron on a PostgreSQL of its own, and the
demo shop over HTTP, which fails, loses answers and takes its time. First the shop is imported
(KILLS, or as many as come while it lasts), then people edit both sides and a run goes both ways (so
many again that it is half as many more together, and once more while some are left). When all is
at rest both sides are compared whole, and two further syncs have nothing to write. It ends every
process that it started, and is no part of `make test`.
"""

# pylint: disable=print-used
from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from .accounts import broken, retaken, written
from .books import compare, of_odoo, of_shop, undone
from .cluster import Cluster
from .killing import Killer
from .report import Found, markdown, versions
from .scene import CALM, OPEN, Scene
from .servers import ROOT, DemoShop, Odoo

#: Seconds for a run to come to rest once nothing is killed any more.
PATIENCE = 1800


class Trial:
    """One run of the script on servers that are up."""

    def __init__(self, scene: Scene, killer: Killer, asked: argparse.Namespace) -> None:
        self.scene, self.killer, self.asked = scene, killer, asked
        self.began = time.monotonic()
        self.seconds: dict[str, float] = {}
        self.struck: dict[str, int] = {}

    def tell(self, text: str) -> None:
        print(f"{time.monotonic() - self.began:7.1f} s  {text}", flush=True)

    def play(self, found: Found) -> None:
        """Everything from the empty database to the comparison, told in `found`."""
        scene, asked = self.scene, self.asked
        tables = ("product_template", "product_product", "res_partner", "sale_order")
        scene.connect(asked.products, asked.orders, asked.seed)
        before = {
            table: scene.query(f"SELECT COALESCE(max(id), 0) FROM {table}")[0][0]  # noqa: S608
            for table in tables
        }
        self._run("import", asked.kills)
        turn, together = 0, asked.kills + asked.kills // 2
        while not turn or self.killer.kills.total() < together:
            turn += 1
            scene.edit(turn, asked.products, asked.orders)
            self._run("both", together, f"{turn} ")
        found.faults = scene.shop.call("GET", "counters")["faults"]
        scene.shop.call("PUT", "settings", CALM)
        self._look(found, before)

    def _run(self, direction: str, until: int, number: str = "") -> None:
        start, kills = time.monotonic(), self.killer.kills
        before, run = kills.total(), self.scene.start(direction)
        self.tell(f"run {run} ({direction}) begins")
        while kills.total() < until and (state := self.scene.state(run)) in (*OPEN, "failed"):
            if state == "failed":
                self.scene.resume(run, self.tell)
            self.killer.odoo.supervise()
            self.scene.wake_dispatcher()
            time.sleep(0.2)
            if self.killer.is_due(self.scene.is_at_work()) and self.scene.state(run) in OPEN:
                self.tell(f"kill {kills.total() + 1}: {self.killer.strike()}")
        self.struck[f"kills in run {number}{direction}"] = kills.total() - before
        self.scene.rest(run, PATIENCE, self.tell)
        self.seconds[f"run {number}{direction}"] = time.monotonic() - start
        self.tell(f"run {run} is {self.scene.state(run)}")

    def _look(self, found: Found, before: dict[str, int]) -> None:
        scene = self.scene
        found.broken = broken(scene)
        shop = of_shop(scene.shop.call("GET", "dump"))
        found.verdicts = compare(shop, of_odoo(scene, before))
        found.undone = undone(scene.edits, shop)
        self.tell("both sides are compared")
        found.further = {
            "a further sync both ways": self._further(full=False),
            "a sync that reads everything anew": self._further(full=True),
        }
        found.edits, found.resumed, found.retaken = len(scene.edits), scene.resumed, retaken(scene)
        found.starts = self.killer.odoo.starts
        found.kills, found.at_work = dict(self.killer.kills), dict(self.killer.at_work)
        found.sizes = {name: getattr(self.asked, name) for name in ("products", "orders", "seed")}
        found.struck = self.struck
        found.seconds = {**self.seconds, "together": time.monotonic() - self.began}

    def _further(self, full: bool) -> dict[str, int]:
        self.scene.shop.call("POST", "counters")
        run = self.scene.start("both", full=full)
        self.scene.rest(run, PATIENCE, self.tell)
        self.tell(f"run {run} (nothing to do) is {self.scene.state(run)}")
        sent = self.scene.shop.call("GET", "counters")["writes"]
        return {**written(self.scene, run), **({"written at the shop": sent} if sent else {})}


def trial(asked: argparse.Namespace) -> Found:
    """Start all servers, play, and end them, whatever happens."""
    with ExitStack() as stack:
        cluster = Cluster()
        stack.callback(cluster.remove)
        cluster.start()
        cluster.restore(asked.database, asked.dump)
        odoo = Odoo(cluster, asked.database, asked.folder)
        stack.callback(odoo.kill)
        odoo.start()
        shop = DemoShop(asked.folder)
        stack.callback(shop.stop)
        words = f"make crash KILLS={asked.kills} PRODUCTS={asked.products} ORDERS={asked.orders}"
        postgres = cluster.query("postgres", "SHOW server_version")[0][0].split()[0]
        found = Found(f"{words} SEED={asked.seed}", versions(ROOT, postgres))
        scene = Scene(odoo, shop, cluster, asked.database)
        chance = random.Random(asked.seed)
        Trial(scene, Killer(odoo, cluster, asked.database, chance), asked).play(found)
        return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True, help="its name")
    parser.add_argument("--dump", type=Path, required=True, help="of a database with the module")
    parser.add_argument("--folder", type=Path, required=True, help="for logs and files")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--products", type=int, default=2000)
    parser.add_argument("--orders", type=int, default=500)
    parser.add_argument("--seed", type=int, default=None, help="of the kills and the faults")
    parser.add_argument("--report", type=Path, help="a file for the report, else it is shown")
    asked = parser.parse_args(arguments)
    if asked.seed is None:
        asked.seed = random.SystemRandom().randrange(10**6)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(f"seed {asked.seed}, process {os.getpid()}, logs in {asked.folder}", flush=True)
    found = trial(asked)
    text = markdown(found)
    print(text)
    if asked.report:
        asked.report.write_text(text)
    return 0 if found.is_good else 1


if __name__ == "__main__":
    raise SystemExit(main())
