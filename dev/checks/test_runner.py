"""The runner fails when it should: on a failure, on no test at all, on a missing browser."""

from __future__ import annotations

from pathlib import Path

import pytest
import run_tests
from run_tests import Count, read_report


def report_of(folder: Path, *cases: str) -> Path:
    report = folder / "report.xml"
    report.write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>")
    return report


PASSED = "<testcase/>"
FAILED = "<testcase><failure message='no'/></testcase>"
ERROR_TWICE = "<testcase><error/><failure/></testcase>"
SKIPPED = "<testcase><skipped message='needs fsspec'/></testcase>"
NO_BROWSER = "<testcase><skipped message='Chrome executable not found'/></testcase>"


@pytest.mark.parametrize(
    ("cases", "expected"),
    [
        ((PASSED, PASSED), "2 passed, 0 failed"),
        ((PASSED, FAILED, SKIPPED), "1 passed, 1 failed, 1 skipped"),
        ((ERROR_TWICE,), "0 passed, 1 failed"),
        ((NO_BROWSER,), "0 passed, 1 failed"),
    ],
)
def test_it_counts_a_report_by_test_case(tmp_path, cases, expected):
    assert str(read_report(report_of(tmp_path, *cases))) == expected


@pytest.mark.parametrize(
    ("cases", "exit_code", "expected"),
    [
        ((), 0, Count(failed=1)),
        ((), 5, Count(failed=1)),
        ((SKIPPED,), 0, Count(failed=1, skipped=1)),
        ((PASSED,), 3, Count(passed=1, failed=1)),
        ((PASSED,), 0, Count(passed=1)),
    ],
)
def test_a_suite_that_ran_nothing_or_ended_badly_has_failed(
    tmp_path, monkeypatch, cases, exit_code, expected
):
    def suite(_extra: list[str], report: Path) -> int:
        report_of(tmp_path, *cases).rename(report)
        return exit_code

    monkeypatch.setitem(run_tests.SUITES, "lib", suite)
    monkeypatch.setattr(run_tests, "STATE", tmp_path)
    assert run_tests.run_suite("lib", [])[0] == expected
