"""A real Odoo server on a test's own database, on the loopback, ended when the test ends."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

START_SECONDS = 60


class Session:
    """A person at the server: logs in and calls methods, as the browser does."""

    def __init__(self, url, database, login="admin", password="admin"):  # noqa: S107
        self.url = url
        self._open = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        ).open
        self._post(
            "/web/session/authenticate", {"db": database, "login": login, "password": password}
        )

    def call(self, model, method, *args, **kwargs):
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": list(args), "kwargs": kwargs},
        )

    def _post(self, path, params):
        request = urllib.request.Request(
            self.url + path,
            json.dumps({"jsonrpc": "2.0", "params": params}).encode(),
            {"Content-Type": "application/json"},
        )
        with self._open(request, timeout=60) as answer:
            said = json.load(answer)
        if "error" in said:
            raise AssertionError(said["error"]["data"]["message"])
        return said.get("result")  # a method that returns nothing has none


@contextlib.contextmanager
def odoo_server(database, log, *options):
    """The address of a server of its own process; `options` are Odoo's."""
    port = _free_port()
    command = [sys.executable, "-m", "odoo", "server", "-d", database, "--log-level=info"]
    command += ["--db-filter", f"^{database}$", "--http-interface", "127.0.0.1"]
    command += ["--http-port", str(port), "--workers", "0", *options]
    environ = {**os.environ, "ODOO_QUEUE_JOB_CHANNELS": "root:2,root.gateway:2"}
    with Path(log).open("w") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environ
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _await(process, url, log)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(process, url, log):
    end = time.monotonic() + START_SECONDS
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError):
            opener.open(f"{url}/web/health", timeout=5).close()
            return
        time.sleep(0.2)
    raise AssertionError(f"Odoo did not start:\n{Path(log).read_text()[-3000:]}")


def _free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
