"""A demo shop's file: it remembers the shop over a restart, however that came about."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import FORMAT, OtherVersion, Shop, edit, seed_demo
from gateway_ng.lib.demoshop.kept import Kept

REPO = Path(__file__).resolve().parents[2]


def test_there_is_no_shop_before_the_first_save(tmp_path: Path) -> None:
    assert Kept(tmp_path / "shop.json").load() is None


def test_what_was_saved_is_the_same_shop_with_all_its_records(tmp_path: Path) -> None:
    shop = Shop(FakeClock())
    seed_demo(shop)
    Kept(tmp_path / "shop.json").save(shop)
    again = Kept(tmp_path / "shop.json").load(FakeClock())
    assert again is not None
    assert again.store.dump() == shop.store.dump()


def test_a_shop_that_another_version_kept_is_refused_with_what_to_do(tmp_path: Path) -> None:
    shop, kept = Shop(FakeClock()), Kept(tmp_path / "shop.json")
    seed_demo(shop)
    kept.save(shop)
    for format_ in (None, FORMAT - 1, FORMAT + 1):
        state = {**shop.dump(), "format": format_}
        kept.path.write_text(json.dumps(state), encoding="utf-8")
        with pytest.raises(OtherVersion, match="begin anew"):
            Kept(kept.path).load()


def shape(value: Any) -> Any:
    """Names of fields at all depths; ids and what lists hold count once."""
    if isinstance(value, dict):
        named = {
            "*" if str(name)[:1].isdigit() or ":" in str(name) else name: shape(one)
            for name, one in value.items()
        }
        return dict(sorted(named.items()))
    if isinstance(value, list):
        return sorted({json.dumps(shape(one), sort_keys=True) for one in value})
    return type(value).__name__ if isinstance(value, (dict, list)) else ""


def test_records_of_another_shape_have_another_format() -> None:
    """Where this fails, raise FORMAT and put the new digest here: what was kept can't be read."""
    shop = Shop(FakeClock())
    seed_demo(shop)
    tables = shop.dump()["store"]["tables"]
    fields: dict[str, set[str]] = {}
    for kind, rows in tables.items():
        for row in rows.values() if isinstance(rows, dict) else rows:
            fields.setdefault(kind, set()).add(json.dumps(shape(row), sort_keys=True))
    told = json.dumps({kind: sorted(found) for kind, found in sorted(fields.items())})
    assert (FORMAT, hashlib.sha256(told.encode()).hexdigest()[:12]) == (2, "15a0ac22ed83")


def test_an_unchanged_shop_is_not_written_again(tmp_path: Path) -> None:
    shop, kept = Shop(FakeClock()), Kept(tmp_path / "shop.json")
    seed_demo(shop)
    kept.save(shop)
    kept.path.unlink()
    kept.save(shop)
    assert not kept.path.exists()
    product = next(iter(shop.store.tables["Product"].values()))
    edit(shop, "title", {"product": product["handle"], "title": "Another"})
    kept.save(shop)
    assert "Another" in kept.path.read_text(encoding="utf-8")


def test_a_crash_while_saving_leaves_the_state_before(tmp_path: Path) -> None:
    shop, kept = Shop(FakeClock()), Kept(tmp_path / "shop.json")
    kept.save(shop)
    (tmp_path / "shop.json.new").write_text('{"half', encoding="utf-8")
    assert Kept(kept.path).load() is not None


def served(state: Path) -> tuple[subprocess.Popen[str], str]:
    """A shop in a process of its own, and its address."""
    process = subprocess.Popen(
        [sys.executable, "dev/run_pure.py", "gateway_ng.lib.demoshop", "--port", "0"]
        + ["--state", str(state)],
        cwd=REPO,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "no_proxy": "127.0.0.1"},
    )
    assert process.stdout is not None
    return process, process.stdout.readline().split()[-1]


def test_a_terminated_server_starts_again_where_it_was(tmp_path: Path) -> None:
    process, address = served(tmp_path / "shop.json")
    with urllib.request.urlopen(f"{address}/_demo/settings", timeout=10) as answer:
        assert answer.status == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    first = Kept(tmp_path / "shop.json").load()
    process, _address = served(tmp_path / "shop.json")
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    second = Kept(tmp_path / "shop.json").load()
    assert first is not None and second is not None
    assert len(first.store.tables["Order"]) == 50
    assert second.store.shop_number == first.store.shop_number
