"""One GET at an address that was checked, over in time whatever the server does."""

from __future__ import annotations

from urllib.parse import SplitResult

import urllib3

from ..errors import RetryLater
from .cut import Cut, watched
from .message import Response, Timeout

_CHUNK = 64 * 1024


def open_pinned(url: SplitResult, address: str, timeout: Timeout, limit: int) -> Response:
    """Connects to `address`, asks for the name: TLS checks the certificate against the name. The
    body is as it was sent, not unpacked, and at most a chunk longer than `limit`. Raises RetryLater
    for no answer, or none within `timeout.total` seconds."""
    pool = _pool(url, address, timeout)
    target = f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"
    pool.ConnectionCls = watched(pool.ConnectionCls)
    line = Cut(timeout.total)
    try:
        with line:
            answer = pool.urlopen(
                "GET",
                target,
                headers={"Host": url.netloc, "Accept-Encoding": "identity", "Accept": "*/*"},
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=False,
            )
            headers = {name.lower(): value for name, value in answer.headers.items()}
            body = _read(answer, limit)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        if line.is_cut:
            raise _too_long(timeout) from error
        raise RetryLater(f"The file's server gave no answer ({type(error).__name__}).") from error
    finally:
        pool.close()
    if line.is_cut:  # a body without a length seems to be all there
        raise _too_long(timeout)
    return Response(answer.status, headers, body)


def _pool(url: SplitResult, address: str, timeout: Timeout) -> urllib3.HTTPConnectionPool:
    host = url.hostname or ""
    limits = urllib3.Timeout(connect=timeout.connect, read=timeout.read)
    if url.scheme == "https":
        return urllib3.HTTPSConnectionPool(
            address, url.port or 443, timeout=limits, server_hostname=host, assert_hostname=host
        )
    return urllib3.HTTPConnectionPool(address, url.port or 80, timeout=limits)


def _read(answer: urllib3.BaseHTTPResponse, limit: int) -> bytes:
    body = bytearray()
    for chunk in answer.stream(_CHUNK, decode_content=False):
        body += chunk
        if len(body) > limit:
            break
    return bytes(body)


def _too_long(timeout: Timeout) -> RetryLater:
    return RetryLater(f"The file took longer than {round(timeout.total, 1):g} s.")
