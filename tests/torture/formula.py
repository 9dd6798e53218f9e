"""The formula of stock as it is shipped: the suite proves what shops get, not a copy of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).resolve().parents[2] / "mappings" / "shopify" / "stock.export.json"


def stock_formula() -> Any:
    """MAPTO of `available`: free, leaving, known and @.committed → what may be offered."""
    return json.loads(SHIPPED.read_text(encoding="utf-8"))["record"]["available"]["MAPTO"]
