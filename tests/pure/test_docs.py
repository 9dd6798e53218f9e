"""The docs list what there is: platforms, credentials, mappings, make targets, public methods."""

from __future__ import annotations

import ast
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from gateway_ng.lib.platforms import platforms
from gateway_ng.lib.platforms.shopify.entities import SOURCES

REPO = Path(__file__).resolve().parents[2]
DOCS = [
    REPO / "README.rst",
    *sorted((REPO / "readme").glob("*.md")),
    *sorted((REPO / "docs").rglob("*.md")),
]
#: Odoo's own methods, made better by a model: no news to an integrator.
INHERITED = {"create", "write", "unlink", "copy", "copy_data"}
LINK = re.compile(r"\[[^\]]+\]\(([^)#\s]+)[^)]*\)|`[^`<]+<([^>]+)>`__")


def read(*parts: str) -> str:
    return REPO.joinpath(*parts).read_text(encoding="utf-8")


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("platform", platforms(), ids=lambda item: item.name)
def test_a_platforms_page_names_its_credentials_settings_entities_and_mappings(platform):
    page = read(platform.docs)
    lines = [line.label for line in (*platform.credential_form, *platform.settings)]
    documents = [
        path.name for path in (REPO / "mappings" / (platform.mappings or platform.name)).iterdir()
    ]
    assert documents
    rows = {cell.strip() for line in page.splitlines() for cell in line.split("|")[1:2]}
    assert [label for label in lines if label not in page] == []
    assert [name for name in documents if f"`{name}`" not in page] == []
    assert [name for name in platform.entities if name not in rows] == []


def test_the_readme_names_every_platform_and_its_page():
    text = read("README.rst")
    assert [p.label for p in platforms() if p.label not in text or p.docs not in text] == []


def carried() -> dict[tuple[str, str], str]:
    """(entity, heading like «Shopify → Odoo») → its cell of the table of what is carried."""
    lines = read("readme", "USAGE.md").partition("## What is carried")[2].splitlines()
    head, _, *rows = [[c.strip() for c in one.split("|")[1:-1]] for one in lines if one[:1] == "|"]
    return {
        (row[0], name): cell for row in rows for name, cell in zip(head[1:], row[1:], strict=True)
    }


def test_the_table_of_what_is_carried_has_a_cell_for_each_mapping_and_no_other():
    labels = {platform.name: platform.label for platform in platforms()}
    documents = set()
    for path in (REPO / "mappings").glob("*/*.json"):
        entity, direction, _ = path.name.split(".")
        ways = {"import": "{} → Odoo", "export": "Odoo → {}"}
        documents.add((entity, ways[direction].format(labels[path.parent.name])))
    told = {place for place, cell in carried().items() if cell not in ("", "–") and "→" in place[1]}
    assert told == documents
    whys = [cell for (_, name), cell in carried().items() if name == "Not carried, and why"]
    assert len(whys) == len({entity for entity, _ in documents}) and all(whys)


def test_a_table_of_the_fragments_is_a_table_in_the_readme():
    run = runpy.run_path(str(REPO / "dev" / "readme"))
    told = run["to_rst"]("Before:\n\n| a | `b` |\n|---|---|\n| 1 | [x](y) |\n| 2 | |\n")
    assert told.splitlines() == [
        "Before:",
        "",
        ".. list-table::",
        "   :header-rows: 1",
        "",
        "   * - a",
        "     - ``b``",
        "   * - 1",
        "     - `x <y>`__",
        "   * - 2",
        "     -",
    ]


def test_shopifys_page_names_every_scope_it_looks_for():
    page = read("docs", "platforms", "shopify.md")
    groups = {
        scope
        for source in SOURCES.values()
        for scope in (source.read_scope, source.write_scope, *source.extra_scopes)
        if scope
    }
    assert [g for g in groups if not any(f"`{name}`" in page for name in g.split("|"))] == []


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*##", read("Makefile"), re.MULTILINE))


def test_the_readme_names_only_make_targets_that_there_are():
    named = set(re.findall(r"``make ([a-z-]+)``", words(read("README.rst"))))
    named |= set(re.findall(r"^    make ([a-z-]+)$", read("README.rst"), re.MULTILINE))
    assert {"demo", "test", "stop"} <= named
    assert named <= make_targets()


def test_the_variables_of_the_demo_are_those_that_help_shows():
    named = set(re.findall(r"\b(ODOO|PGHOST|PGPORT|PGUSER|PGPASSWORD|PORT)\b", read("README.rst")))
    known = set(re.findall(r"\b[A-Z]+\b", read("dev", "variables.txt")))
    assert named == {"ODOO", "PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PORT"}
    assert named <= known


def public_methods() -> dict[str, set[str]]:
    """Methods of our models without an underscore, model by model."""
    found: dict[str, set[str]] = {}
    for path in (REPO / "models").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = model_name(node)
            if name:
                found.setdefault(name, set()).update(
                    item.name
                    for item in node.body
                    if isinstance(item, ast.FunctionDef)
                    and not item.name.startswith("_")
                    and item.name not in INHERITED
                )
    return found


def model_name(node: ast.AST) -> str | None:
    """The model of ours that a class makes, or adds to."""
    for item in getattr(node, "body", []) if isinstance(node, ast.ClassDef) else []:
        if isinstance(item, ast.Assign) and isinstance(item.value, ast.Constant):
            (target,) = item.targets
            named = isinstance(target, ast.Name) and target.id in ("_name", "_inherit")
            if named and str(item.value.value).startswith("gateway."):
                return str(item.value.value)
    return None


def test_every_public_method_is_in_the_list_of_methods():
    page = read("docs", "methods.md")
    methods = public_methods()
    assert "run_sync" in methods["gateway.connector"]
    missing = [
        f"{model}.{name}"
        for model, names in methods.items()
        for name in names
        if f"`{name}(" not in page
    ]
    assert missing == []


def test_every_method_in_the_list_is_there():
    known = {name for names in public_methods().values() for name in names} | {"unlink"}
    listed = set(re.findall(r"`([a-z_]+)\(", read("docs", "methods.md")))
    assert listed - known == set()


@pytest.mark.parametrize("state", ["queued", "running", "done", "partial", "failed", "cancelled"])
def test_every_state_of_a_run_is_explained_where_it_is_declared(state):
    assert f'("{state}", ' in read("models", "run.py")
    assert f"`{state}`" in read("docs", "methods.md")


def test_readme_is_made_from_its_fragments():
    run = subprocess.run(
        [sys.executable, str(REPO / "dev" / "readme"), "--check"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr


def test_the_roles_of_the_integration_user_are_those_of_the_tests():
    text = read("readme", "CONFIGURE.md")
    (groups,) = re.findall(r"GROUPS = \(\n(.*?)\n\)", read("tests", "demo_shop_case.py"), re.DOTALL)
    assert set(re.findall(r"`([a-z_]+\.group_[a-z_]+)`", text)) == set(
        re.findall(r"[a-z_]+\.group_[a-z_]+", groups)
    )


def test_every_code_of_a_connectors_health_is_documented():
    """Whichever file of models/ gives it."""
    sources = (path.read_text(encoding="utf-8") for path in (REPO / "models").glob("*.py"))
    codes = set(re.findall(r'\._problem\(\s*"([a-z_]+)"', " ".join(sources)))
    (told,) = re.findall(r"`code` is one of (.*?)\. It", words(read("readme", "CONFIGURE.md")))
    assert {"late", "drift"} <= codes
    assert codes == set(re.findall(r"`([a-z_]+)`", told))


def test_every_decision_is_in_the_index():
    index = read("docs", "decisions", "README.md")
    files = [path.name for path in (REPO / "docs" / "decisions").glob("0*.md")]
    assert files
    assert [name for name in files if f"({name})" not in index] == []


@pytest.mark.parametrize("path", DOCS, ids=lambda path: str(path.relative_to(REPO)))
def test_links_lead_somewhere(path):
    base = REPO if path.parent.name == "readme" else path.parent
    targets = [one or other for one, other in LINK.findall(path.read_text(encoding="utf-8"))]
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (base / target).exists()] == []


def promises() -> dict[str, list[tuple[str, str]]]:
    """Each promise of docs/guarantees.md → (file in tests/, test) that prove it."""
    table = read("docs", "guarantees.md").partition("## Promised")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("| ")][1:]
    found = {}
    for promise, proof in rows:
        files = re.findall(r"`([\w/]+\.py)`: ((?:`\w+`(?:, )?)+)", proof)
        found[promise.strip()] = [
            (file, name) for file, names in files for name in re.findall(r"`(\w+)`", names)
        ]
    return found


def test_every_promise_names_tests_that_there_are():
    assert len(promises()) > 20
    for promise, proofs in promises().items():
        assert proofs, promise
        for file, name in proofs:
            assert f"def test_{name}(" in read("tests", file), f"{promise}: {file} {name}"
