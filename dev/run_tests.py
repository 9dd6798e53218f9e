"""Run the test suites and close on one line with the sums; dev/test sets the scene and calls this.

A suite that ran no test has failed, and so has one that could not start its browser.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

REPO = Path(os.environ["GATEWAY_REPO"])
STATE = Path(os.environ["GATEWAY_STATE"])
ADDON = Path(os.environ["GATEWAY_ADDON"])
CLONE = os.environ["GATEWAY_CLONE"]
PYTEST = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
LIMIT_SECONDS = 45 * 60
DEV = str(REPO / "dev")
#: Whole suites run in two processes, a file in one of them; one file or a selection in this one.
TWO = ["-n2", "--dist=loadfile"] if (os.cpu_count() or 1) > 1 else []


@dataclass(frozen=True)
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __str__(self) -> str:
        text = f"{self.passed} passed, {self.failed} failed"
        return text + (f", {self.skipped} skipped" if self.skipped else "")


def read_report(report: Path) -> Count:
    """Counts of a JUnit file by test case: one with several failures is one failure."""
    if not report.exists():
        return Count()
    count = Count()
    for case in ElementTree.parse(report).iter("testcase"):
        outcomes = {child.tag: child.get("message") or "" for child in case}
        browser_missing = "chrom" in outcomes.get("skipped", "").lower()
        if "failure" in outcomes or "error" in outcomes or browser_missing:
            count += Count(failed=1)
        elif "skipped" in outcomes:
            count += Count(skipped=1)
        else:
            count += Count(passed=1)
    return count


def run_pytest(arguments: list[str], report: Path, **environ: str) -> int:
    report.unlink(missing_ok=True)
    command = [*PYTEST, f"--junitxml={report}", *arguments]
    try:
        return subprocess.run(
            command,
            cwd=REPO,
            env={**os.environ, **environ},
            stdin=subprocess.DEVNULL,
            timeout=LIMIT_SECONDS,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        print(f"stopped after {LIMIT_SECONDS // 60} minutes")
        return 1


def plain_pytest(folder: Path, extra: list[str], report: Path) -> int:
    """pytest without Odoo's plugin, blind to the repository root, whose `__init__` is Odoo's."""
    paths = [argument for argument in extra if not argument.startswith("-") and "/" in argument]
    arguments = [f"--rootdir={folder}", f"--confcutdir={folder}", "-p", "no:odoo"]
    arguments += ["-c", str(folder / "pytest.ini"), "--import-mode=importlib"]
    return run_pytest(
        [*arguments, *extra, *([] if paths else [str(folder.relative_to(REPO)), *TWO])], report
    )


def run_lib(extra: list[str], report: Path) -> int:
    return plain_pytest(REPO / "tests" / "pure", extra, report)


def run_package(extra: list[str], report: Path) -> int:
    return plain_pytest(REPO / "dev" / "checks", extra, report)


@contextmanager
def test_database() -> Iterator[str]:
    """A copy of the template with the addon as it is now; copies of ended runs are dropped."""
    tool = str(REPO / "dev" / "database")
    prefix = f"gateway_{CLONE}_test_"
    listed = subprocess.run(
        ["psql", "-qAtd", "postgres", "-c", "SELECT datname FROM pg_database"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    for name in listed:
        # Some tests make copies of their own, and each of two processes has one.
        pid = re.split("[_-]", name.removeprefix(prefix))[0]
        if name.startswith(prefix) and not Path("/proc", pid).exists():
            subprocess.run([tool, "drop", name], check=True)
    name = f"{prefix}{os.getpid()}"
    subprocess.run([tool, "copy-installed", name], check=True)
    try:
        yield name
    finally:
        subprocess.run([tool, "drop", name], check=False)


def run_odoo(extra: list[str], report: Path) -> int:
    """pytest-odoo knows an addon's test by a path that leads through a folder `gateway_ng`."""
    through_link = [str(ADDON / a) if a.startswith("tests/") else a for a in extra]
    if not any(argument.startswith(str(ADDON)) for argument in through_link):
        through_link += [str(ADDON / path.relative_to(REPO)) for path in odoo_tests()] + TWO
    try:
        with test_database() as database:
            return run_pytest(
                [
                    f"--rootdir={ADDON}",
                    f"--confcutdir={ADDON}",
                    "-c",
                    str(REPO / "dev" / "odoo-pytest.ini"),
                    f"--odoo-database={database}",
                    "--odoo-http",
                    *("-p", "own_filestore"),
                    *through_link,
                ],
                report,
                ODOO_RC=os.environ["GATEWAY_RC"],
                PYTHONPATH=os.pathsep.join(filter(None, (DEV, os.environ.get("PYTHONPATH")))),
                # No job may start by itself while a test looks at the queue.
                ODOO_QUEUE_JOB_CHANNELS="root:0",
            )
    except subprocess.CalledProcessError as error:
        print(f"no test database: {error}")
        return 1


def odoo_tests() -> list[Path]:
    return sorted((REPO / "tests").glob("test_*.py"))


Suite = Callable[[list[str], Path], int]
SUITES: dict[str, Suite] = {"lib": run_lib, "odoo": run_odoo, "package": run_package}


def run_suite(name: str, extra: list[str]) -> tuple[Count, str]:
    report = STATE / f"junit-{name}-{os.getpid()}.xml"
    started = time.monotonic()
    print(f"\n===== {name}", flush=True)
    code = SUITES[name](extra, report)
    count = read_report(report)
    report.unlink(missing_ok=True)
    reason = ""
    if count.passed + count.failed == 0:
        count, reason = count + Count(failed=1), " (it ran no test)"
    elif code != 0 and not count.failed:
        count, reason = count + Count(failed=1), f" (pytest ended with {code})"
    return count, f"{name}: {count}{reason}, {time.monotonic() - started:.0f} s"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suites", nargs="*", choices=[*SUITES, []], metavar="SUITE")
    arguments = sys.argv[1:]
    split = arguments.index("--") if "--" in arguments else len(arguments)
    suites = parser.parse_args(arguments[:split]).suites or list(SUITES)
    results = [run_suite(name, arguments[split + 1 :]) for name in suites]
    total = sum((count for count, _line in results), Count())
    print("\n" + "\n".join(line for _count, line in results))
    print(total, flush=True)
    return 1 if total.failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
