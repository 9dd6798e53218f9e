"""A PostgreSQL of the script's own, whose processes may be killed: nobody else is connected to it.

Its settings are PostgreSQL's own (`fsync` and `synchronous_commit` on): what is committed stays.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2

ROLE = "gateway"
PORT = "5432"  # the name of a socket in its own folder; no port of the machine
PATIENCE = 90  # seconds for a start; after a crash the log is replayed first


class Cluster:
    """A cluster on a socket in a folder of its own. `start` and `kill` may follow each other."""

    def __init__(self) -> None:
        self.owner = "postgres" if os.geteuid() == 0 else None
        parent = "/var/lib/postgresql" if self.owner else None
        self.folder = Path(tempfile.mkdtemp(prefix="gateway_crash-", dir=parent))
        self.bin = _programs()
        self.process: subprocess.Popen[bytes] | None = None
        if self.owner:
            shutil.chown(self.folder, self.owner, self.owner)
        self._run(
            "initdb",
            "-D",
            str(self.folder / "data"),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )

    def start(self) -> None:
        """Start it, after a kill as well: it refuses until the last old process is gone."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.process is None or self.process.poll() is not None:
                self.process = self._launch()
            if self._answers():
                return
            time.sleep(0.2)
        raise RuntimeError(f"PostgreSQL does not start:\n{self.log.read_text()[-2000:]}")

    def restore(self, database: str, dump: Path) -> None:
        """A database from a dump in pg_dump's own format."""
        self.execute("postgres", f"CREATE ROLE {ROLE} LOGIN CREATEDB")
        self.execute("postgres", f'CREATE DATABASE "{database}" OWNER {ROLE} TEMPLATE template0')
        with dump.open("rb") as content:
            self._run(
                "pg_restore",
                "-h",
                str(self.folder),
                "-p",
                PORT,
                "-U",
                "postgres",
                "-d",
                database,
                "--no-owner",
                f"--role={ROLE}",
                "--exit-on-error",
                stdin=content,
            )

    def sessions(self, database: str) -> list[tuple[int, str, bool]]:
        """[(pid, application, whether it is at work)] of the clients of a database."""
        rows = self.query(
            database,
            "SELECT pid, application_name, state IS DISTINCT FROM 'idle' FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend'"
            " AND pid <> pg_backend_pid()",
        )
        return [(pid, name, busy) for pid, name, busy in rows]

    def kill_backend(self, pid: int) -> bool:
        """Kill a server process of a session; False when it is gone. All others restart with it."""
        if self.process is None or _parent(pid) != self.process.pid:
            return False
        os.kill(pid, signal.SIGKILL)
        return True

    def kill(self) -> None:
        """Kill the postmaster; its children notice and end by themselves."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def remove(self) -> None:
        """End it and forget its data."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @contextmanager
    def cursor(self, database: str) -> Iterator[Any]:
        link = psycopg2.connect(host=str(self.folder), port=PORT, dbname=database, user="postgres")
        with closing(link):
            link.autocommit = True
            yield link.cursor()

    def query(self, database: str, text: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a question; asked once more where a kill cut it short."""
        try:
            return self._ask(database, text, values)
        except psycopg2.DatabaseError:
            self.start()
            return self._ask(database, text, values)

    def _ask(self, database: str, text: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self.cursor(database) as cr:
            cr.execute(text, values)
            rows: list[tuple[Any, ...]] = cr.fetchall()
            return rows

    def execute(self, database: str, text: str) -> None:
        with self.cursor(database) as cr:
            cr.execute(text)

    def _launch(self) -> subprocess.Popen[bytes]:
        command = [str(self.bin / "postgres"), "-D", str(self.folder / "data")]
        command += ["-k", str(self.folder), "-p", PORT, "-c", "listen_addresses="]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self.owner,
                group=self.owner,
                cwd="/",
                start_new_session=True,
            )

    def _answers(self) -> bool:
        try:
            self._ask("postgres", "SELECT 1", ())
        except psycopg2.DatabaseError:  # one that is just being killed says less than Operational
            return False
        return True

    def _run(self, program: str, *arguments: str, **more: Any) -> None:
        done = subprocess.run(
            [str(self.bin / program), *arguments],
            check=False,
            capture_output=True,
            cwd="/",
            user=self.owner,
            group=self.owner,
            **more,
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr.decode()[-2000:]}")


def _programs() -> Path:
    """Where the newest PostgreSQL has its server programs."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda one: float(one.parts[-3])
    )
    found += [Path(where).resolve() for where in [shutil.which("initdb")] if where and not found]
    if not found:
        raise RuntimeError("PostgreSQL's server programs (initdb) are not installed here")
    return found[-1].parent


def _parent(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None
