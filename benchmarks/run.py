"""`make bench`: the gateway against bare Odoo, on the same records, in one interleaved run.

    dev/bench                      everything (about five minutes), as docs/benchmarks.md tells it
    dev/bench --quick              small numbers, to see that it works

Prints Markdown. Compare figures within one run only: machines differ, and so do their days.
"""

from __future__ import annotations

import argparse

import report
from database import environment
from demo_shop import demo_shop
from memory import measure_in_own_process
from rounds import Rounds
from unchanged import unchanged


def main() -> None:
    options = _options()
    divisor = 10 if options.quick else 1
    with demo_shop() as shop:
        with environment(options.database) as env:
            report.print_machine(env, options)
            results = Rounds(env, shop).run(
                rounds=options.rounds,
                singles=2_000 // divisor,
                severals=200 // divisor,
                orders=200 // divisor,
            )
            report.print_imports(results)
        peaks = [measure_in_own_process(options.database, shop, 2_000 // divisor)]
        with environment(options.database) as env:
            report.print_unchanged(unchanged(env, shop, 10_000 // divisor, options.rounds))
        peaks.append(measure_in_own_process(options.database, shop, 20_000 // divisor))
        report.print_memory(peaks)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--database", required=True, help="has gateway_ng; is written to")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--quick", action="store_true", help="a tenth of the records")
    return parser.parse_args()


if __name__ == "__main__":
    main()
