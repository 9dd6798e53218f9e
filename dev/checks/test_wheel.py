"""The wheel, built from a clone of another name, has what the addon needs and works in Odoo."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

REPO = Path(os.environ["GATEWAY_REPO"])
CLONE = os.environ["GATEWAY_CLONE"]
DATABASE_TOOL = str(REPO / "dev" / "database")
INSTALLED = (
    "import odoo.addons.gateway_ng as addon\n"
    "state = env['ir.module.module'].search([('name', '=', 'gateway_ng')]).state\n"
    "print('FOUND', state, addon.__file__)\n"
)


def run(*command: str, cwd: Path | None = None, stdin: str = "", **environ: str) -> str:
    result = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **environ},
        input=stdin,
        check=False,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result.stdout


def tracked() -> list[str]:
    names = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=REPO)
    return [name for name in names.split("\0") if name and (REPO / name).is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    clone = tmp_path_factory.mktemp("home") / "Another Name of 2"
    for name in tracked():
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPO / name, clone / name)
    run("git", "init", "-q", cwd=clone)
    out = tmp_path_factory.mktemp("wheel")
    run(str(clone / "dev" / "wheel"), str(out))
    (built,) = out.iterdir()
    return built


@pytest.fixture(scope="module")
def site(wheel, tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("site")
    run(
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--target",
        str(target),
        str(wheel),
    )
    return target


@pytest.fixture
def database():
    name = f"gateway_{CLONE}_wheel_{uuid.uuid4().hex[:8]}"
    base = run(DATABASE_TOOL, "base").strip()
    run(DATABASE_TOOL, "copy", base, name)
    yield name
    run(DATABASE_TOOL, "drop", name)


def test_it_is_named_after_the_addon_and_not_after_the_clone(wheel):
    assert wheel.name.startswith("odoo_addon_gateway_ng-19.0.")


def test_it_has_every_file_that_the_addon_needs_and_none_of_the_workshop(site):
    addon = site / "odoo" / "addons" / "gateway_ng"
    workshop = ("dev/", "benchmarks/", ".", "Makefile", "constraints.txt", "pyproject.toml")
    expected = {name for name in tracked() if not name.startswith(workshop)}
    found = {str(path.relative_to(addon)) for path in addon.rglob("*") if path.is_file()}
    assert {name for name in found if "__pycache__" not in name} == expected


def test_its_metadata_names_what_pip_must_bring(site):
    (metadata,) = site.glob("odoo_addon_gateway_ng-*.dist-info/METADATA")
    required = {
        re.match(r"[\w.-]+", line.removeprefix("Requires-Dist: "))[0].replace("_", "-")
        for line in metadata.read_text(encoding="utf-8").splitlines()
        if line.startswith("Requires-Dist: ")
    }
    assert {
        "odoo-addon-queue-job",
        "graphql-core",
        "jsonschema",
        "pydantic",
        "requests",
    } <= required


def test_odoo_installs_it_from_there(site, database, tmp_path):
    configuration = tmp_path / "odoo.rc"
    lines = Path(os.environ["GATEWAY_RC"]).read_text(encoding="utf-8").splitlines()
    configuration.write_text(
        "\n".join(line for line in lines if not line.startswith("addons_path")), encoding="utf-8"
    )
    odoo = [sys.executable, "-m", "odoo"]
    options = ["-c", str(configuration), "-d", database, "--no-http", "--log-level=warn"]
    place = {"PYTHONPATH": str(site)}
    run(*odoo, "server", *options, "-i", "gateway_ng", "--stop-after-init", cwd=tmp_path, **place)
    answer = run(*odoo, "shell", *options, cwd=tmp_path, stdin=INSTALLED, **place)
    (found,) = [line for line in answer.splitlines() if line.startswith("FOUND")]
    assert found == f"FOUND installed {site / 'odoo/addons/gateway_ng/__init__.py'}"
