"""Uploads contents to places that the shop gives out; what comes of them is named by its address.

A place takes a form of its own parameters and, behind them, the file.
Source: stagedUploadsCreate in the schema; shopify.dev/docs/apps/build/online-store/product-media
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ....errors import GatewayError, Refused, RetryLater, StopRun
from ....http import HttpSession, check_public
from ....http.public import Resolve
from ....images import Image
from ..client import Client
from ..documents import STAGED_UPLOADS
from .user_errors import refusal, user_errors

#: Places asked for at once.
_MOST = 20
_BOUNDARY = "gateway-7f1e4b9c2d6a8053"

Uploaded = str | GatewayError
Name = TypeVar("Name")


class Staging:
    """`resolve` is the DNS that addresses are checked with."""

    def __init__(self, client: Client, http: HttpSession, resolve: Resolve | None = None) -> None:
        self._client = client
        self._http = http
        self.resolve = resolve

    def upload(self, images: Mapping[Name, Image]) -> dict[Name, Uploaded]:
        """name → the source that media are made of, or why there is none."""
        names, found = list(images), dict[Name, Uploaded]()
        for start in range(0, len(names), _MOST):
            part = names[start : start + _MOST]
            targets = self._places([images[name] for name in part])
            if isinstance(targets, GatewayError):
                found.update(dict.fromkeys(part, targets))
                continue
            for name, target in zip(part, targets, strict=True):
                found[name] = self._send(images[name], target)
        return found

    def _places(self, images: Sequence[Image]) -> list[Mapping[str, Any]] | GatewayError:
        given = [
            {
                "filename": image.name,
                "mimeType": image.type,
                "resource": "IMAGE",
                "httpMethod": "POST",
                "fileSize": str(len(image.content)),
            }
            for image in images
        ]
        try:
            payload = self._client.send(STAGED_UPLOADS, {"input": given}).data.get("staged") or {}
        except (Refused, RetryLater) as error:
            return error
        errors, targets = user_errors(payload), payload.get("stagedTargets")
        if errors:
            return refusal(errors, {"input": given})
        if not isinstance(targets, list) or len(targets) != len(images):
            return RetryLater("Shopify gave no places to upload images to.")
        return targets

    def _send(self, image: Image, target: Mapping[str, Any]) -> Uploaded:
        url = str(target.get("url") or "")
        try:
            self._check(url)
            self._http.request(
                "POST",
                url,
                headers={"content-type": f"multipart/form-data; boundary={_BOUNDARY}"},
                body=_form(target.get("parameters") or (), image),
                repeatable=True,
            )
        except RetryLater as error:
            return error
        except GatewayError as error:
            return Refused(
                f"the image {image.name} could not be uploaded: {error.message}",
                remedy="Retry; look at the image if it stays.",
            )
        return str(target.get("resourceUrl") or url)

    def _check(self, url: str) -> None:
        """Raises for anything but the address that is called anyway (the demo shop's), and https
        from outside."""
        if url.startswith(f"{self._client.base_url}/"):
            return
        if urlsplit(url).scheme != "https":
            raise StopRun("the place to upload to is no https address")
        check_public(url, self.resolve)


def _form(parameters: Sequence[Mapping[str, Any]], image: Image) -> bytes:
    parts = [
        f'--{_BOUNDARY}\r\ncontent-disposition: form-data; name="{one.get("name")}"\r\n\r\n'
        f"{one.get('value')}\r\n"
        for one in parameters
    ]
    head = (
        f'--{_BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="{image.name}"\r\n'
        f"content-type: {image.type}\r\n\r\n"
    )
    return b"".join(
        ["".join(parts).encode(), head.encode(), image.content, f"\r\n--{_BOUNDARY}--\r\n".encode()]
    )
