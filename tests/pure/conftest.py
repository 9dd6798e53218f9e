"""Makes `gateway_ng.lib…` importable without Odoo, and Odoo not importable at all.

The repository root is the addon, so its `__init__` imports Odoo. Bare packages with the same
`__path__` stand in its place, and in that of `gateway_ng.tests`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


class OdooIsOutOfReach(MetaPathFinder):
    """Pure code that imports Odoo fails here, before it fails somewhere without Odoo."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] == "odoo":
            raise ImportError(f"{fullname}: pure code and its tests do not import Odoo")
        return None


def stand_in(name: str, folder: Path) -> None:
    module = ModuleType(name, f"Stands in for {folder.name}/__init__.py, which imports Odoo.")
    module.__path__ = [str(folder)]
    sys.modules[name] = module


sys.meta_path.insert(0, OdooIsOutOfReach())
stand_in("gateway_ng", ROOT)
stand_in("gateway_ng.tests", ROOT / "tests")
