"""Fields that a mapping may do without: left out where the side they are of has them not."""

from __future__ import annotations

from collections.abc import Collection

from .document import version_of
from .layers import Effective


def fitting(
    effective: Effective, source: Collection[str] | None, target: Collection[str] | None
) -> Effective:
    """`effective` without those of its fields marked «optional» that one of the sides has not got:
    `source` and `target` are the names of their fields (None: not known, so it has all)."""
    record = effective.document["record"]
    missing = [
        name
        for name, told in record.items()
        if told.get("optional")
        and (_lacks(target, name) or _lacks(source, str(told.get("MAPTO") or "")))
    ]
    if not missing:
        return effective
    kept = {name: told for name, told in record.items() if name not in missing}
    document = {**effective.document, "record": kept}
    gone = {f"record.{name}" for name in missing}
    provenance = {at: layer for at, layer in effective.provenance.items() if at not in gone}
    return Effective(document, version_of(document), provenance)


def _lacks(names: Collection[str] | None, path: str) -> bool:
    root = path.removesuffix("?").split(".")[0]
    return names is not None and bool(root) and root not in names
