"""The gate: nothing in lib/ imports Odoo, neither in its text nor when it runs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "lib").rglob("*.py"))
FORBIDDEN = {"odoo", "openerp"}

IMPORT_ALL = """
import importlib, sys, types
root, names = sys.argv[1], sys.argv[2:]
package = types.ModuleType("gateway_ng")
package.__path__ = [root]
sys.modules["gateway_ng"] = package
for name in names:
    importlib.import_module(name)
loaded = sorted(name for name in sys.modules if name.partition(".")[0] in {"odoo", "openerp"})
sys.exit(f"importing lib loaded {loaded}" if loaded else 0)
"""


def imported_names(source: str) -> set[str]:
    """Top-level packages that a text imports; `importlib.import_module("x")` counts too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module or "")
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            called = node.func.id if isinstance(node.func, ast.Name) else called
            if called in {"import_module", "__import__"}:
                names.add(str(node.args[0].value))
    return {name.partition(".")[0] for name in names}


def climbs_out(path: Path) -> list[str]:
    """Relative imports that leave lib/, such as `from ..models import x` in lib/x.py."""
    depth = len(path.relative_to(ROOT / "lib").parts)
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return [
        f"line {node.lineno}"
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.level > depth
    ]


def test_there_is_a_lib_to_look_at():
    assert len(FILES) > 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_its_text_imports_no_odoo_and_nothing_outside_lib(path):
    assert imported_names(path.read_text(encoding="utf-8")) & FORBIDDEN == set()
    assert climbs_out(path) == []


def test_a_clean_interpreter_imports_all_of_it_and_no_odoo():
    modules = [
        ".".join(("gateway_ng", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(
            ".__init__"
        )
        for path in FILES
    ]
    run = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, str(ROOT), *modules],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize(
    "source",
    [
        "import odoo",
        "from odoo.tools import x",
        "def f():\n    import odoo.api",
        "import importlib\nimportlib.import_module('odoo.fields')",
        "__import__('odoo')",
    ],
)
def test_the_scan_sees_every_way_to_import_odoo(source):
    assert "odoo" in imported_names(source)


def test_pure_tests_cannot_import_odoo():
    with pytest.raises(ImportError, match="do not import Odoo"):
        import odoo  # noqa: F401, PLC0415
