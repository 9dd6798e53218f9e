"""Run a module of this addon without Odoo: python dev/run_pure.py gateway_ng.lib.x [ARGUMENT]...

As `python -m` would, but past the `__init__` of the repository root and of tests/, which import
Odoo.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
for name, folder in (("gateway_ng", ROOT), ("gateway_ng.tests", ROOT / "tests")):
    sys.modules[name] = ModuleType(name)
    sys.modules[name].__path__ = [str(folder)]

if __name__ == "__main__":
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
