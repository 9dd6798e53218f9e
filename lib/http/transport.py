"""The wire over `requests`: no redirects, no credentials from the machine, capped bodies."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping

import requests

from .cut import Cut, CutAdapter
from .message import Response, Timeout, TransportError

#: The largest answer that is read, decompressed: 250 records with long texts need about 5 MB.
MAX_BYTES = 64 * 1024 * 1024
_CHUNK = 64 * 1024
#: What Python prints of a connection, and of the number of a system's error.
_OBJECT = re.compile(r"(?:<[^<>]*\bobject at [^<>]*>|\w+\(host=[^()]*\)): ")
_ERRNO = re.compile(r"\[Errno -?\d+\] ")


class RequestsTransport:
    """Sends over a `requests.Session` (or anything with its `request` method).

    The session's own retries stay off, `.netrc` is never asked, certificates are verified.
    """

    def __init__(
        self,
        session: requests.Session | None = None,
        *,
        max_bytes: int = MAX_BYTES,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session or _session()
        self._max_bytes = max_bytes
        self._monotonic = monotonic

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout: Timeout,
    ) -> Response:
        cut = Cut(timeout.total)
        try:
            with cut:
                response = self._send(method, url, headers, body, timeout)
        except TransportError as error:
            if cut.is_cut:
                raise _too_long(timeout) from error
            raise
        if cut.is_cut:  # a body without a length seems to be all there
            raise _too_long(timeout)
        return response

    def _send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout: Timeout,
    ) -> Response:
        try:
            answer = self._session.request(
                method,
                url,
                headers=dict(headers),
                data=body,
                timeout=(timeout.connect, timeout.read),
                allow_redirects=False,
                stream=True,
                verify=True,
                auth=_no_auth,
            )
        except requests.RequestException as error:
            raise _failure(error) from error
        try:
            return Response(answer.status_code, _headers(answer), self._body(answer, timeout))
        except requests.RequestException as error:
            raise TransportError(f"the answer broke off: {_reason(error)}", sent=True) from error
        finally:
            answer.close()

    def _body(self, answer: requests.Response, timeout: Timeout) -> bytes:
        end = self._monotonic() + timeout.total
        body = bytearray()
        for chunk in answer.iter_content(_CHUNK):
            body += chunk
            if len(body) > self._max_bytes:
                raise TransportError(
                    f"the answer is larger than {self._max_bytes:,} bytes",
                    sent=True,
                    permanent=True,
                )
            if self._monotonic() > end:
                raise _too_long(timeout)
        return bytes(body)


def _session() -> requests.Session:
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, CutAdapter())
    return session


def _too_long(timeout: Timeout) -> TransportError:
    return TransportError(f"the answer took over {timeout.total:g} s", sent=True)


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from adding credentials of a `.netrc` file."""
    return request


def _headers(answer: requests.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.headers.items()}


def _failure(error: requests.RequestException) -> TransportError:
    """Whether the request may have arrived: a failed connection or handshake says no."""
    if isinstance(error, requests.exceptions.SSLError):
        return TransportError(
            f"the server's certificate is not valid: {_reason(error)}", sent=False, permanent=True
        )
    if isinstance(error, (requests.ConnectTimeout, requests.exceptions.ProxyError)):
        return TransportError(f"no connection: {_reason(error)}", sent=False)
    if isinstance(error, requests.ConnectionError):
        return TransportError(f"no connection: {_reason(error)}", sent=not _never_connected(error))
    if isinstance(error, requests.Timeout):
        return TransportError("no answer in time", sent=True)
    permanent = isinstance(error, ValueError)  # malformed address or header
    return TransportError(_reason(error), sent=not permanent, permanent=permanent)


def _never_connected(error: requests.ConnectionError) -> bool:
    text = repr(error)
    return any(name in text for name in ("NewConnectionError", "NameResolutionError", "gaierror"))


def _reason(error: Exception) -> str:
    """The innermost reason in one line, without wrappings, objects and numbers of errors."""
    inner: object = error.args[0] if error.args else error
    inner = getattr(inner, "reason", None) or inner
    text = _OBJECT.sub("", str(inner))
    text = _ERRNO.sub("", text).replace("\n", " ")
    return text[:300] or type(error).__name__
