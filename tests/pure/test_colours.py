"""Screens take their colours from the theme that is shown, so that they are readable in each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
SCREENS = sorted(
    path
    for folder, kinds in (("static/src", ("scss", "xml", "js")), ("views", ("xml",)))
    for kind in kinds
    for path in (REPO / folder).rglob(f"*.{kind}")
)
#: Colour values, and Bootstrap's classes that stay light or dark whatever the theme.
FIXED = re.compile(
    r"(?<!&)#[0-9a-f]{3,8}\b|\b(?:rgb|hsl)a?\("
    r"|\b(?:color|background|border|outline|fill|stroke|shadow)(?:-\w+)?:[^;}{]*[\s:]"
    r"(?:white|black|silver|gr[ae]y|red|green|blue|orange|yellow|purple|pink|brown|navy|teal|cyan)\b"
    r"|\b(?:bg|text|table|border|btn)-(?:white|black|light|dark)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "color: #fff;",
            "background: rgba(0, 0, 0, 0.1)",
            "color: white",
            "border: 1px solid teal",
        ),
        *("box-shadow: 0 0 2px black", 'class="p-2 bg-light"'),
    ],
)
def test_a_fixed_colour_is_found(text):
    assert FIXED.search(text)


@pytest.mark.parametrize(
    "text",
    [
        *('href="#"', "color: $body-color", 'class="bg-view text-bg-danger"', "var(--success)"),
        *("border: 1px solid $border-color", 'decoration-danger="color: is_red"'),
    ],
)
def test_a_colour_of_the_theme_is_none(text):
    assert not FIXED.search(text)


def test_no_screen_has_a_colour_of_its_own():
    assert len(SCREENS) > 20
    found = [
        f"{path.relative_to(REPO)}:{number}: {line.strip()}"
        for path in SCREENS
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if FIXED.search(line)
    ]
    assert not found
