"""What this repository asks of itself: no test forgotten, no source ignored, lint clean."""

from __future__ import annotations

import ast
import os
import subprocess
from pathlib import Path

import pytest

REPO = Path(os.environ["GATEWAY_REPO"])


def git(*arguments: str) -> list[str]:
    run = subprocess.run(["git", *arguments], cwd=REPO, check=False, capture_output=True, text=True)
    return run.stdout.splitlines()


def imports_of(package: Path) -> list[str]:
    """Names that a package's `__init__` takes by `from . import name`, repeats included."""
    nodes = ast.walk(ast.parse((package / "__init__.py").read_text(encoding="utf-8")))
    return [
        alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.level == 1 and not node.module
        for alias in node.names
    ]


def test_each_odoo_test_file_is_imported_exactly_once():
    files = sorted(path.stem for path in (REPO / "tests").glob("test_*.py"))
    imported = sorted(name for name in imports_of(REPO / "tests") if name.startswith("test_"))
    assert imported == files


def test_each_test_file_belongs_to_a_suite():
    """`dev/test` collects tests/test_*.py and tests/pure/; a test elsewhere would never run."""
    suites = {REPO / "tests", REPO / "tests" / "pure"}
    assert [path for path in (REPO / "tests").rglob("test_*.py") if path.parent not in suites] == []


def test_pure_tests_are_no_package():
    """With an `__init__` there, pytest would climb to the root's, which imports Odoo."""
    assert not list((REPO / "tests" / "pure").rglob("__init__.py"))


def test_git_ignores_no_source():
    kept = [
        "lib/x.py",
        "lib/mapping/x.py",
        "tests/pure/x.py",
        "mappings/x/y.json",
        "static/lib/x.js",
    ]
    assert git("check-ignore", "--no-index", *kept) == []


def test_ci_runs_exactly_make_test():
    lines = (REPO / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines[1:] == ['cd "$(dirname "$0")/.." && exec make test']
    assert os.access(REPO / ".ci" / "run", os.X_OK)


@pytest.mark.parametrize("tool", ["ruff", "format", "mypy", "pylint"])
def test_lint_finds_nothing(tool):
    run = subprocess.run(
        [str(REPO / "dev" / "lint"), tool], check=False, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_clean_says_what_it_removes(tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir()
    environment = {**os.environ, "GATEWAY_CACHE": str(cache), "GATEWAY_CLUSTER": "private"}
    for variables, gone in (({}, False), ({"ALL": "1"}, True)):
        run = subprocess.run(
            [REPO / "dev" / "clean"],
            env={**environment, **variables},
            check=False,
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, run.stderr
        assert "Removing what this clone" in run.stderr
        assert f"{cache} (the cache" in run.stderr if gone else f"({cache}) stays" in run.stderr
        assert cache.exists() != gone
