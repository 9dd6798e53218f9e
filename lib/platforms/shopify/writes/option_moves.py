"""Options that became others at the source: renamed, added to or taken off the product, so that the
variants that are there can take their options by name. Values follow with the variants themselves.

An option of a product without options («Title») is none: it is replaced, never renamed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....endpoint import Record
from ....errors import GatewayError, Refused
from ....options import Change, compare
from ..documents import OPTION_RENAME, OPTIONS_CREATE, OPTIONS_DELETE
from ..documents.document import Repeated
from .batches import Batches
from .user_errors import refusal, user_errors
from .variant_input import NO_OPTIONS
from .work import Work

Call = tuple[Work, dict[str, Any]]


def says_options(work: Work) -> bool:
    """Whether variants that are there are given options."""
    variants = work.values.get("variants") or {}
    bound = work.children.get("variants") or work.op.children.get("variants") or {}
    return any(values and "options" in values and key in bound for key, values in variants.items())


def move(works: Sequence[Work], batches: Batches, current: Mapping[str, Record]) -> list[Work]:
    """Make the products' options those that their variants are given; those that were changed."""
    plans = [(work, _Plan(work, current[str(work.id)])) for work in works if says_options(work)]
    for work, plan in plans:
        plan.refuse(work)
    going = [(work, plan) for work, plan in plans if work.going]
    for repeated, repeatable, calls in (
        (OPTION_RENAME, True, [(w, call) for w, plan in going for call in plan.renames()]),
        (OPTIONS_CREATE, False, [(w, call) for w, plan in going for call in plan.creates()]),
        (OPTIONS_DELETE, True, [(w, call) for w, plan in going for call in plan.deletes()]),
    ):
        _run(repeated, repeatable, [(w, call) for w, call in calls if w.going], batches)
    return [work for work, plan in going if plan.is_one and work.going]


def _run(repeated: Repeated, repeatable: bool, calls: Sequence[Call], batches: Batches) -> None:
    outcomes = batches.run(repeated, [call for _, call in calls], repeatable=repeatable)
    for (work, _), outcome in zip(calls, outcomes, strict=True):
        if isinstance(outcome, GatewayError):
            work.fail(outcome)
        elif errors := user_errors(outcome):
            work.fail(refusal(errors, None))


class _Plan:
    """What one product's options become."""

    def __init__(self, work: Work, record: Record) -> None:
        self.product = str(work.id)
        self.options = [o for o in record.fields.get("options") or () if not _is_none(o)]
        self.held = {
            str(variant.get("id")): _plain(variant.get("options"))
            for variant in record.fields.get("variants") or ()
        }
        bound = work.children.get("variants") or work.op.children.get("variants") or {}
        given = work.values.get("variants") or {}
        self.new = [_plain(v.get("options")) for k, v in given.items() if v and k not in bound]
        self.said = {
            bound[key]: _plain(values["options"])
            for key, values in given.items()
            if values and "options" in values and key in bound
        }
        self.change: Change = compare(self.held, self.said)

    @property
    def is_one(self) -> bool:
        return bool(self.change.renamed or self.change.added or self.change.dropped)

    def refuse(self, work: Work) -> None:
        """An option is added or dropped only where every variant of the shop says so."""
        changed = [*self.change.added, *self.change.dropped]
        silent = sorted(set(self.held) - set(self.said))
        if not changed or not silent:
            return
        told = (
            f"The product has the option {changed[0]} in Odoo, and has variants in the shop that "
            "Odoo does not know or says nothing of."
            if self.change.added
            else f"The product has no more the option {changed[0]} in Odoo, and has variants in "
            "the shop that Odoo does not know or says nothing of."
        )
        work.fail(
            Refused(
                told,
                field="variants.options",
                value=silent[0],
                remedy="Sync those variants first, or make the change in the shop, then retry.",
            )
        )

    def renames(self) -> list[dict[str, Any]]:
        ids = {str(option.get("name")): option.get("id") for option in self.options}
        return [
            {"product": self.product, "option": {"id": ids[old], "name": new}}
            for old, new in self.change.renamed.items()
        ]

    def creates(self) -> list[dict[str, Any]]:
        """The variants that are there take the first value of each; then they get their own."""
        if not self.change.added:
            return []
        rows = [*self.said.values(), *self.new]
        options = [
            {"name": name, "values": [{"name": v} for v in dict.fromkeys(r[name] for r in rows)]}
            for name in self.change.added
            if all(name in row for row in rows)
        ]
        return [{"product": self.product, "options": options}] if options else []

    def deletes(self) -> list[dict[str, Any]]:
        ids = [o.get("id") for o in self.options if o.get("name") in self.change.dropped]
        return [{"product": self.product, "options": ids}] if ids else []


def _plain(options: Any) -> dict[str, str]:
    told = {str(name): str(value) for name, value in (options or {}).items()}
    return {} if told == dict(NO_OPTIONS) else told


def _is_none(option: Mapping[str, Any]) -> bool:
    return {option.get("name")} == set(NO_OPTIONS) and list(option.get("values") or ()) == list(
        NO_OPTIONS.values()
    )
