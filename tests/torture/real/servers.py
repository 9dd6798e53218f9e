"""Odoo (two workers, queue_job's runner, a cron) and the demo shop: started, killed, ended."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .cluster import PORT, ROLE, Cluster

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 120  # seconds for a start
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Odoo:
    """A prefork server in a process group of its own, on a free port of the loopback."""

    def __init__(self, cluster: Cluster, database: str, folder: Path) -> None:
        self.port, other = _free_ports(2)
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "odoo.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.starts = 0
        self.command = [
            *(sys.executable, str(_launcher(folder)), "server", "-d", database),
            *("--db-filter", f"^{database}$", "--db_host", str(cluster.folder)),
            *("--db_port", PORT, "--db_user", ROLE, "--data-dir", str(folder / "data")),
            *("--http-interface", "127.0.0.1", "--http-port", str(self.port)),
            *("--gevent-port", str(other), "--workers", "2", "--max-cron-threads", "1"),
            # Odoo's own defaults; the configuration of tests has no limits.
            *("--limit-time-cpu", "60", "--limit-time-real", "120"),
            *("--load", "base,rpc,web,queue_job"),
        ]

    def start(self) -> None:
        """Start it where it does not run, and wait until it answers."""
        if not self._lives():
            self.kill()
            environ = {**os.environ, "ODOO_QUEUE_JOB_CHANNELS": "root:2,root.gateway:2"}
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(
                    self.command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=environ,
                    start_new_session=True,
                )
            self.starts += 1
        assert self.process is not None
        await_answer(f"{self.url}/web/health", self._lives, self.log)

    def supervise(self) -> None:
        """Start it again where it has ended by itself, as a service manager does: a prefork server
        gives up when PostgreSQL refuses it a connection."""
        if not self._lives():
            with contextlib.suppress(NotAnswering):
                self.start()

    def workers(self) -> list[int]:
        """Its forked processes: two that answer requests, the cron's and the job runner's."""
        if self.process is None or not self._lives():
            return []
        pid = self.process.pid
        with contextlib.suppress(FileNotFoundError):
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            return [int(one) for one in children if not _is_gevent(one)]
        return []

    def kill_worker(self, pid: int) -> bool:
        """Kill one of its processes; False when it is gone. The server starts another."""
        if pid not in self.workers():
            return False
        os.kill(pid, signal.SIGKILL)
        return True

    def kill(self) -> None:
        """Kill the server and all its processes. Its group is its own as long as nobody has waited
        for its first process."""
        if self.process is not None and self.process.returncode is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _lives(self) -> bool:
        """Whether the server runs; one that has ended is not waited for, so its pid stays its."""
        if self.process is None or self.process.returncode is not None:
            return False
        ended = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.process.pid, ended) is None


class DemoShop:
    """An empty demo shop in a process of its own; it lives from first to last, as a shop does."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, str(ROOT / "dev" / "run_pure.py"), "gateway_ng.lib.demoshop"]
        (port,) = _free_ports(1)
        self.url = f"http://127.0.0.1:{port}"
        log = folder / "shop.log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [*command, "--port", str(port), "--seed", "0"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        await_answer(f"{self.url}/_demo/settings", lambda: self.process.poll() is None, log)

    def call(self, method: str, what: str, values: Mapping[str, Any] | None = None) -> Any:
        """Its control room: see lib/demoshop/control.py."""
        request = urllib.request.Request(
            f"{self.url}/_demo/{what}",
            json.dumps(values or {}).encode(),
            {"content-type": "application/json"},
            method=method,
        )
        with _DIRECT.open(request, timeout=600) as answer:
            return json.load(answer)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class NotAnswering(RuntimeError):
    """A server ended, or did not answer in time."""


def await_answer(url: str, lives: Callable[[], bool], log: Path) -> None:
    """Wait until a page answers; else raise NotAnswering with the end of its server's log."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and lives():
        with contextlib.suppress(OSError):
            _DIRECT.open(url, timeout=5).close()
            return
        time.sleep(0.2)
    raise NotAnswering(f"{url} does not answer:\n{log.read_text(errors='replace')[-3000:]}")


def _launcher(folder: Path) -> Path:
    """Odoo's program: the server starts its own for live connections by the name it has itself, and
    that of `python -m odoo` is none."""
    path = folder / "odoo-bin"
    path.write_text("import odoo.cli\n\nodoo.cli.main()\n")
    return path


def _is_gevent(pid: str) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return b"gevent\0" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return True


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        taken = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in taken:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in taken]
