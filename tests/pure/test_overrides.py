"""A model is made of many classes: none takes another's method away by giving one its name."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ADDON = Path(__file__).parents[2]


def _models(tree: ast.Module) -> Iterator[tuple[str, ast.ClassDef]]:
    """(model, class) of each class that makes or extends one model."""
    for node in tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        said = {
            target.id: one.value.value
            for one in node.body
            if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant)
            for target in one.targets
            if isinstance(target, ast.Name)
        }
        model = said.get("_name") or said.get("_inherit")
        if isinstance(model, str):
            yield model, node


def test_a_method_that_a_model_has_already_is_overridden_and_not_lost() -> None:
    found = defaultdict(list)
    for path in sorted([*ADDON.glob("models/**/*.py"), *ADDON.glob("wizards/*.py")]):
        for model, node in _models(ast.parse(path.read_text(encoding="utf-8"))):
            for one in node.body:
                if isinstance(one, ast.FunctionDef):
                    found[model, one.name].append((path.name, "super(" in ast.unparse(one)))
    assert len(found) > 500
    lost = {
        key: [name for name, _calls in places]
        for key, places in found.items()
        if sum(not calls for _name, calls in places) > 1
    }
    assert lost == {}


def _answers(body: list[ast.stmt]) -> bool:
    """Whether a body never comes to its end without a value."""
    last = body[-1]
    if isinstance(last, ast.Return):
        return last.value is not None
    if isinstance(last, ast.If):
        return bool(last.orelse) and _answers(last.body) and _answers(last.orelse)
    if isinstance(last, ast.With):
        return _answers(last.body)
    if isinstance(last, ast.Try):
        parts = [last.orelse or last.body, *(one.body for one in last.handlers)]
        return all(map(_answers, parts)) or bool(last.finalbody and _answers(last.finalbody))
    return isinstance(last, ast.Raise)


def test_a_method_that_may_be_called_from_outside_answers_since_xml_rpc_has_no_null() -> None:
    silent = []
    for path in sorted([*ADDON.glob("models/**/*.py"), *ADDON.glob("wizards/*.py")]):
        for _model, node in _models(ast.parse(path.read_text(encoding="utf-8"))):
            for one in node.body:
                if not isinstance(one, ast.FunctionDef) or one.name.startswith("_"):
                    continue
                bare = [n for n in ast.walk(one) if isinstance(n, ast.Return) and not n.value]
                if bare or not _answers(one.body):
                    silent.append(f"{path.name}: {one.name}")
    assert silent == []
