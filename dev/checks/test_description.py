"""The module's page in Odoo Apps: it names what there is, and its pictures are there."""

from __future__ import annotations

import os
from html.parser import HTMLParser
from pathlib import Path

REPO = Path(os.environ["GATEWAY_REPO"])
PAGE = REPO / "static" / "description"
HTML = (PAGE / "index.html").read_text(encoding="utf-8")
LARGEST = 300_000  # bytes of a picture: the page is read over slow lines, too


class Tags(HTMLParser):
    """Each tag of a page with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


TAGS = Tags(HTML).found
PICTURES = [attributes for tag, attributes in TAGS if tag == "img"]


def test_the_page_names_every_platform():
    platforms = [path.parent.name for path in (REPO / "lib/platforms").glob("*/__init__.py")]
    assert platforms
    assert [name for name in platforms if name not in HTML.lower()] == []


def test_each_picture_of_the_page_is_there_and_none_is_left_over():
    shown = sorted(str(picture["src"]) for picture in PICTURES)
    kept = sorted(path.name for path in PAGE.glob("*.png") if path.name != "icon.png")
    assert shown == kept


def test_each_picture_of_the_page_is_described_and_small():
    assert [picture["src"] for picture in PICTURES if not picture.get("alt")] == []
    assert [path.name for path in PAGE.glob("*.png") if path.stat().st_size > LARGEST] == []


def test_the_page_loads_nothing_from_elsewhere():
    assert {tag for tag, _ in TAGS} & {"script", "iframe", "link", "style"} == set()
    places = [attributes.get(name) or "" for _, attributes in TAGS for name in ("src", "href")]
    assert [place for place in places if "//" in place] == []
