"""Named transforms of lists, of null and empty, and the one that changes nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...values import freeze
from ..problem import Problem, kind_of
from ..texts import TEXT_LENGTH, as_text
from .registry import Argument, register_transform

REFUSED = Problem("refused")


def _texts(value: Any, rule: str) -> list[str]:
    texts = []
    for item in value:
        if isinstance(item, bool) or not isinstance(item, (str, int, Decimal)):
            message = f"the list has {kind_of(item)} in it"
            raise Problem(message, value=value, rule=rule, remedy="join texts and numbers only")
        texts.append(item if isinstance(item, str) else as_text(item))
    if sum(map(len, texts)) + 100 * len(texts) > TEXT_LENGTH:
        raise Problem("the result would be too long", rule=rule, remedy="join fewer elements")
    return texts


def _join(value: Any, separator: str = ", ") -> str:
    return separator.join(_texts(value, "join"))


def _join_nonempty(value: Any, separator: str = " ") -> str:
    """Leaves out null and blank elements: a missing first name never becomes «None»."""
    present = [item for item in value if item is not None]
    texts = (text.strip() for text in _texts(present, "join_nonempty"))
    return separator.join(text for text in texts if text)


def _unique(value: Any) -> list[Any]:
    found: dict[Any, Any] = {}
    try:
        for item in value:
            found.setdefault(_apart(item), item)
    except TypeError:
        remedy = "use it on texts and numbers"
        raise Problem("the list has lists or objects in it", rule="unique", remedy=remedy) from None
    return list(found.values())


def _apart(item: Any) -> Any:
    """What tells an element from the others: whoever chooses numbers can have their hashes meet,
    those of texts can't be foreseen."""
    is_number = isinstance(item, (int, Decimal)) and not isinstance(item, bool)
    return (freeze(Decimal(item)),) if is_number else item


def _empty_to_null(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.strip() else None
    return None if value in ([], (), {}) else value


def _short(value: Any) -> str | None:
    return None if len(value) <= 100 else "at most 100 characters"


register_transform(
    "direct", lambda value: value, help="The value as it is.", takes=["any"], nulls=True,
    examples=[("a", "a"), (None, None), ([1], [1])],
)  # fmt: skip
register_transform(
    "join", _join, help="One text of a list of texts and numbers.", takes=["list"],
    arguments=[Argument("separator", "text", "what comes between", ", ", _short)],
    examples=[(["a", 2], "a, 2"), ([], ""), (["a", None], REFUSED)],
)  # fmt: skip
register_transform(
    "join_nonempty", _join_nonempty, takes=["list"],
    help="One text of the elements that are neither null nor blank: first and last name.",
    arguments=[Argument("separator", "text", "what comes between", " ", _short)],
    examples=[([None, "Doe"], "Doe"), (["Ada ", "", "King"], "Ada King"), ([None, None], "")],
)  # fmt: skip
register_transform(
    "first", lambda value: value[0] if value else None, takes=["list"],
    help="The first element of a list; null when it is empty.",
    examples=[(["a", "b"], "a"), ([], None)],
)  # fmt: skip
register_transform(
    "last", lambda value: value[-1] if value else None, takes=["list"],
    help="The last element of a list; null when it is empty.",
    examples=[(["a", "b"], "b"), ([], None)],
)  # fmt: skip
register_transform(
    "first_nonempty", lambda value: next((v for v in value if v not in (None, "", [], {})), None),
    help="The first element that is neither null nor empty; else null.", takes=["list"],
    examples=[([None, "", "b"], "b"), ([None], None), ([0, 1], 0)],
)  # fmt: skip
register_transform(
    "unique", _unique, help="Each element once, in the order of their first place.",
    takes=["list"], examples=[(["b", "a", "b"], ["b", "a"]), ([{}], REFUSED)],
)  # fmt: skip
register_transform(
    "compact", lambda value: [item for item in value if item not in (None, "", [], {})],
    help="A list without its null and empty elements.", takes=["list"],
    examples=[(["a", None, "", 0], ["a", 0])],
)  # fmt: skip
register_transform(
    "sort", lambda value: sorted(_texts(value, "sort")), takes=["list"],
    help="The elements as texts in alphabetical order, for lists without an order of their own.",
    examples=[(["b", "a"], ["a", "b"])],
)  # fmt: skip
register_transform(
    "empty_to_null", _empty_to_null, help="Blank text and empty lists become null.",
    takes=["any"], examples=[("", None), ("  ", None), ("a", "a"), ([], None), (0, 0)],
)  # fmt: skip
register_transform(
    "null_to_empty", lambda value: "" if value is None else value,
    help="Null becomes empty text.", takes=["any"], nulls=True, examples=[(None, ""), ("a", "a")],
)  # fmt: skip
register_transform(
    "wrap", lambda value: [value], help="A list of the one value.", takes=["any"],
    examples=[("a", ["a"]), (None, None)],
)  # fmt: skip
