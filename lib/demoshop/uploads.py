"""The shop's files: places to upload to, what was uploaded, and the images that came of it."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from email import message_from_bytes
from email.policy import HTTP
from urllib.parse import unquote

from ..errors import GatewayError
from ..images import image_of
from .pictures import encoded_anew
from .store import Store

#: (status, headers, body)
Sent = tuple[int, dict[str, str], bytes]

STAGED, KEPT = "/_staged/", "/files/"
_KINDS = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}


def place(store: Store, name: str) -> str:
    """A path of its own to upload a file of this name to."""
    return f"{STAGED}{store.next_id()}/{_plain(name)}"


def upload(store: Store, path: str, headers: Mapping[str, str], body: bytes) -> Sent:
    """A form with the parameters of its place and, behind them, the file."""
    form = message_from_bytes(
        f"content-type: {headers.get('content-type', '')}\r\n\r\n".encode() + body, policy=HTTP
    )
    parts = {
        str(part.get_param("name", header="content-disposition")): part for part in form.walk()
    }
    key, file = parts.get("key"), parts.get("file")
    if key is None or file is None or key.get_payload(decode=True) != path.encode():
        return 403, {"Content-Type": "application/xml"}, b"<Code>AccessDenied</Code>"
    content = file.get_payload(decode=True)
    store.files[path] = _packed(content if isinstance(content, bytes) else b"")
    return 201, {}, b""


def keep(store: Store, name: str, content: bytes) -> str:
    """A file of the shop; its path, which a second file of the same name does not share."""
    stem, _, suffix = _plain(name).rpartition(".")
    path = f"{KEPT}{stem}.{suffix}"
    if path in store.files:
        path = f"{KEPT}{stem}_{store.next_id()}.{suffix}"
    store.files[path] = _packed(content)
    return path


def take_in(store: Store, source: str, address: str) -> str | None:
    """The path of the image that the shop makes of what was uploaded; None where nothing was."""
    path = source.removeprefix(address)
    content = store.files.pop(path, None)
    if content is None:
        return None
    raw = base64.b64decode(content)
    if not _is_image(raw):
        return None
    return keep(store, path.rpartition("/")[2], encoded_anew(raw))


def sent(store: Store, path: str) -> Sent:
    content = store.files.get(unquote(path)) if path.startswith(KEPT) else None
    if content is None:
        return 404, {}, b""
    kind = _KINDS.get(path.rpartition(".")[2], "application/octet-stream")
    return 200, {"Content-Type": kind}, base64.b64decode(content)


def _is_image(content: bytes) -> bool:
    try:
        return bool(image_of(content, "it"))
    except GatewayError:
        return False


def _plain(name: str) -> str:
    kept = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")
    return kept if "." in kept else f"{kept or 'file'}.png"


def _packed(content: bytes) -> str:
    return base64.b64encode(content).decode()
