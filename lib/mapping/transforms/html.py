"""Named transforms between HTML and plain text, linear in the length of any input."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from ..problem import Problem
from ..texts import TEXT_LENGTH
from .registry import register_transform

_BREAKS = frozenset(
    {
        "p", "div", "br", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6",
        "section", "article", "header", "footer", "blockquote",
    }
)  # fmt: skip
_HIDDEN = frozenset({"script", "style"})
_OPENS = re.compile(r"[a-zA-Z/!?]")
_TAG = re.compile(r"[a-zA-Z][a-zA-Z0-9]{0,20}")


def _pieces(source: str) -> Iterator[tuple[str, str]]:
    """(«text» or tag name, content) in order. What never ends is text: nothing is scanned twice."""
    at, size = 0, len(source)
    while at < size:
        start = source.find("<", at)
        if start < 0:
            yield "text", source[at:]
            return
        if start > at:
            yield "text", source[at:start]
        if not _OPENS.match(source, start + 1):
            yield "text", "<"
            at = start + 1
            continue
        comment = source.startswith("<!--", start)
        end = source.find("-->" if comment else ">", start + 1)
        if end < 0:
            yield "text", source[start:]
            return
        inner = source[start + 1 : end]
        at = end + (3 if comment else 1)
        if comment:
            continue
        name = _TAG.match(inner.removeprefix("/"))
        yield (name[0].lower() if name else ""), inner


def _html_to_text(value: str) -> str:
    if len(value) > TEXT_LENGTH:
        raise Problem(f"more than {TEXT_LENGTH:,} characters", rule="html_to_text")
    parts: list[str] = []
    hidden = ""
    for kind, content in _pieces(value):
        if kind in _HIDDEN:
            hidden = "" if content.startswith("/") else kind
        elif hidden:
            continue
        elif kind == "text":
            parts.append(re.sub(r"[ \t\r\n]+", " ", html.unescape(content)))
        elif kind in _BREAKS:
            parts.append("\n")
    lines = (line.strip() for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _text_to_html(value: str) -> str:
    if len(value) > TEXT_LENGTH // 7:
        raise Problem(f"more than {TEXT_LENGTH // 7:,} characters", rule="text_to_html")
    lines = html.escape(value.strip(), quote=False).splitlines()
    return f"<p>{'<br>'.join(lines)}</p>" if lines else ""


register_transform(
    "html_to_text", _html_to_text, takes=["text"],
    help="Plain text of HTML: no tags, scripts or styles, paragraphs on lines of their own.",
    examples=[
        ("<p>A &amp; <b>B</b></p><script>x()</script><p>C</p>", "A & B\nC"), ("a < b", "a < b"),
        ("<!-- never ends", "<!-- never ends"), ("", ""),
    ],
)  # fmt: skip
register_transform(
    "text_to_html", _text_to_html, takes=["text"],
    help="HTML of plain text: escaped, one paragraph, line breaks kept.",
    examples=[("A & B\nC", "<p>A &amp; B<br>C</p>"), ("", "")],
)  # fmt: skip
register_transform(
    "unescape_html", html.unescape, help="Entities like &amp; become their characters.",
    takes=["text"], examples=[("A &amp; B &eacute;", "A & B é")],
)  # fmt: skip
