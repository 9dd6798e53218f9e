"""Finding the records that fulfil a search query."""

from __future__ import annotations

from dataclasses import dataclass

from .criteria import CRITERIA, DEFAULT
from .matching import MATCHERS, Test, moment
from .search import All, Any_, Node, Not, Term, parse, prune
from .store import Rec, Store


@dataclass(frozen=True, slots=True)
class Found:
    """`ids` is None when everything matches; `ignored` are search fields that do not exist."""

    ids: list[int] | None
    ignored: tuple[str, ...] = ()


def find(store: Store, table: str, query: str | None) -> Found:
    """The records of `table` that fulfil `query`. An unknown field or a date that is none does not
    count, so the result is wider than meant; it is named in `ignored`."""
    if not query or not query.strip():
        return Found(None)
    return store.derived(("find", table, query), lambda: _find(store, table, query))


def _find(store: Store, table: str, query: str) -> Found:
    ignored: list[str] = []

    def keep(term: Term) -> bool:
        known = not term.field or _known(table, term)
        if not known:
            ignored.append(term.field)
        return known

    tree = prune(parse(query), keep)
    if tree is None:
        return Found(None, tuple(ignored))
    test = _test(store, table, tree)
    within = _candidates(store, table, tree)
    records = store.tables[table]
    numbers = records.keys() if within is None else within
    return Found([key for key in numbers if test(records[key])], tuple(ignored))


def _known(table: str, term: Term) -> bool:
    name = term.field.removesuffix("_not") if term.field == "tag_not" else term.field
    criterion = CRITERIA[table].get(name)
    if criterion is None:
        return False
    return criterion.kind != "time" or moment(term.value) is not None


def _candidates(store: Store, table: str, node: Node) -> set[int] | None:
    """A set that holds every match, from indexes; None when no index helps."""
    if isinstance(node, Term):
        return _indexed(store, table, node)
    if isinstance(node, Any_):
        sets = [_candidates(store, table, part) for part in node.parts]
        return None if None in sets else set().union(*(found for found in sets if found))
    if isinstance(node, All):
        known = [_candidates(store, table, part) for part in node.parts]
        real = [found for found in known if found is not None]
        return min(real, key=len) if real else None
    return None


def _indexed(store: Store, table: str, term: Term) -> set[int] | None:
    criterion = CRITERIA[table].get(term.field)
    if criterion is None or term.op != "=" or term.value.endswith("*"):
        return None
    if term.field == "id" and term.value.isdigit():
        return {int(term.value)} & store.tables[table].keys()
    if criterion.kind != "exact" or "," in term.value:
        return None
    index = store.index(table, term.field, lambda record: criterion.of(store, record))
    return set(index.get(term.value.lower(), ()))


def _test(store: Store, table: str, node: Node) -> Test:
    if isinstance(node, Not):
        inner = _test(store, table, node.part)
        return lambda record: not inner(record)
    if isinstance(node, Term):
        return _term(store, table, node)
    tests = [_test(store, table, part) for part in node.parts]
    if isinstance(node, All):
        return lambda record: all(test(record) for test in tests)
    return lambda record: any(test(record) for test in tests)


def _term(store: Store, table: str, term: Term) -> Test:
    if not term.field:
        parts = [Term(name, "=", term.value, term.quoted) for name in DEFAULT[table]]
        tests = [_term(store, table, part) for part in parts]
        return lambda record: any(test(record) for test in tests)
    if term.field == "tag_not":
        inner = _term(store, table, Term("tag", "=", term.value, term.quoted))
        return lambda record: not inner(record)
    criterion = CRITERIA[table][term.field]
    matches = MATCHERS[criterion.kind](term)
    of = criterion.of

    def test(record: Rec) -> bool:
        value = of(store, record)
        if isinstance(value, list):
            return any(matches(one) for one in value)
        return matches(value)

    return test
