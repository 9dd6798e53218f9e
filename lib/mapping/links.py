"""Which fields of an import and an export mapping belong together and are decided as one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from .mapping import Mapping as CompiledMapping
from .paths import TARGET
from .record import CompiledRecord

Direction = Literal["import", "export"]
_Node = tuple[str, str]
#: Reads of the target's own record tie nothing together.
_OTHER = f"{TARGET}."


class Links:
    """Groups of fields over both directions. A field of a list's elements is «list.field»."""

    def __init__(self, groups: Mapping[_Node, str]) -> None:
        self._groups = dict(groups)
        self._fields: dict[tuple[str, str], set[str]] = {}
        for (direction, field), group in groups.items():
            self._fields.setdefault((direction, group), set()).add(field)

    def group(self, direction: Direction, field: str) -> str:
        """The group of a field: a stable name. Raises KeyError for a field that is not mapped."""
        return self._groups[direction, field]

    def fields(self, direction: Direction, group: str) -> frozenset[str]:
        """The fields of `direction` in `group`; empty where only the other direction has any."""
        return frozenset(self._fields.get((direction, group), ()))

    def groups(self) -> frozenset[str]:
        return frozenset(self._groups.values())


def link(import_mapping: CompiledMapping | None, export_mapping: CompiledMapping | None) -> Links:
    """Connected components: an import field joins the Odoo path it writes with the remote paths it
    reads, an export field the other way round. Paths join when they are equal or one is a dotted
    prefix of the other; a list joins another list, its elements' fields are joined one by one. The
    source's id fields never join, nor what is read of the target's own record («@.field»)."""
    forest = _Forest()
    sides: dict[str, set[str]] = {"odoo": set(), "remote": set()}
    fields: list[_Node] = []
    ids = {
        "remote": import_mapping.source_id_field if import_mapping else "",
        "odoo": export_mapping.source_id_field if export_mapping else "",
    }
    plans = (("import", import_mapping, "odoo"), ("export", export_mapping, "remote"))
    for direction, mapping, target in plans:
        source = "remote" if target == "odoo" else "odoo"
        for field, written, read in _ends(mapping.record, "") if mapping else ():
            node = (direction, field)
            fields.append(node)
            forest.join(node, node)
            for side, paths in ((target, {written}), (source, read)):
                for path in paths - {ids[side]}:
                    forest.join(node, (side, path))
                    sides[side].add(path)
    for side, known in sides.items():
        _join_prefixes(forest, side, known)
    return Links(_named(forest, fields))


def _ends(record: CompiledRecord, under: str) -> Iterator[tuple[str, str, set[str]]]:
    """(field, path written, paths read) of every field; a list's own path ends in «[]»."""
    for spec in record.fields.values():
        name = f"{under}{spec.name}"  # with its language: each of them is decided for itself
        if spec.nested is None:
            yield name, name, {path for path in spec.own_reads if not path.startswith(_OTHER)}
        else:
            yield name, f"{name}[]", {f"{path}[]" for path in spec.own_reads}
            yield from _ends(spec.nested, f"{name}.")


def _join_prefixes(forest: _Forest, side: str, paths: set[str]) -> None:
    for path in paths:
        steps = path.split(".")
        for count in range(1, len(steps)):
            prefix = ".".join(steps[:count])
            if prefix in paths:
                forest.join((side, path), (side, prefix))


def _named(forest: _Forest, fields: list[_Node]) -> dict[_Node, str]:
    """Each group is named by its first field, so names survive changes of other fields."""
    members: dict[_Node, list[str]] = {}
    for direction, field in fields:
        members.setdefault(forest.root((direction, field)), []).append(f"{direction}.{field}")
    return {
        (direction, field): max(members[forest.root((direction, field))], key=_rank)
        for direction, field in fields
    }


def _rank(name: str) -> tuple[bool, tuple[int, ...]]:
    """Import fields before export fields, then alphabetically first."""
    return name.startswith("import."), tuple(-ord(letter) for letter in name)


class _Forest:
    """Disjoint sets."""

    def __init__(self) -> None:
        self._parents: dict[_Node, _Node] = {}

    def root(self, node: _Node) -> _Node:
        parent = self._parents.setdefault(node, node)
        while parent != self._parents[parent]:
            parent = self._parents[parent]
        self._parents[node] = parent
        return parent

    def join(self, left: _Node, right: _Node) -> None:
        self._parents[self.root(left)] = self.root(right)
