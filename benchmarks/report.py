"""The measurements as Markdown tables, as docs/benchmarks.md shows them."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
from datetime import datetime, timezone
from typing import Any

from measure import Results, Sample
from memory import Memory

import odoo.release


def print_machine(env: Any, options: argparse.Namespace) -> None:
    env.cr.execute("SELECT current_setting('server_version'), current_setting('fsync')")
    version, fsync = env.cr.fetchone()
    quick = " ARGS=--quick" if options.quick else ""
    print(
        f"{datetime.now(timezone.utc).date()}, `make bench{quick}`: {os.cpu_count()} cores, Python "
        f"{platform.python_version()}, Odoo {odoo.release.version}, PostgreSQL "
        f"{version.split()[0]} (fsync {fsync}), {options.rounds} rounds.\n"
    )


def print_imports(results: Results) -> None:
    print("| first import | gateway | of that reading | bare ORM | ratio | SQL | bare SQL |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name in [name for name in results.samples if not name.startswith("bare ")]:
        ours, bare = results.milliseconds(name), results.milliseconds(f"bare {name}")
        ratio = results.ratio(name, f"bare {name}")
        low, high = results.spread(name)
        print(
            f"| {name} | {ours:.2f} ({low:.2f}–{high:.2f}) | {results.reading(name):.2f} "
            f"| {bare:.2f} | **{ratio:.2f}** | {results.statements(name):.1f} "
            f"| {results.statements(f'bare {name}'):.1f} |"
        )
    print("\nMilliseconds and SQL statements a record; medians of the rounds (fastest–slowest).\n")


def print_unchanged(samples: list[Sample]) -> None:
    rate = statistics.median(s.records / s.seconds for s in samples)
    own = statistics.median(s.records / (s.seconds - s.reading) for s in samples)
    print(
        f"Unchanged re-run of {samples[0].records:,} products: **{rate:,.0f} records/s**, "
        f"{own:,.0f} without reading the shop; "
        f"{statistics.median(s.statements / s.records for s in samples):.2f} statements a record.\n"
    )


def print_memory(peaks: list[Memory]) -> None:
    print("| products imported | before, MB | peak, MB | growth, MB |")
    print("|--:|--:|--:|--:|")
    for one in peaks:
        print(
            f"| {one.products:,} | {one.before:.0f} | {one.peak:.0f} "
            f"| {one.peak - one.before:.0f} |"
        )
