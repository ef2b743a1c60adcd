"""A server that several processes use at once: started by the first, stopped by the last one out.

Users are counted by a shared lock on a file, held for as long as the process (or a fork of it) lives: the
kernel lets it go however the process ends, so a `kill -9` leaves no wrong count. Starting and stopping
happen under a second, exclusive lock.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

START_SECONDS = 10
SOCKET_PATH_BYTES = 107


class ServerError(Exception):
    """An embedded server cannot be had; the message says what to do."""


class SharedServer(ABC):
    """One server in one folder. Subclasses say how to start it, how to ask it and how to stop it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._users: int | None = None

    @abstractmethod
    def running_pid(self) -> int | None:
        """The live server's process id, or None."""

    @abstractmethod
    def start(self, *, dies_with_me: bool) -> None:
        """Start the server and wait until it answers."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether the server takes connections."""

    @abstractmethod
    def stop_signal(self) -> signal.Signals:
        """The signal of an orderly stop."""

    def join(self, *, dies_with_me: bool = False) -> None:
        """Be one of its users from now on; starts it when it is not running. Cheap when already joined."""
        if self._users is not None:
            return
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._changing():
            if self.running_pid() is None:
                self.start(dies_with_me=dies_with_me)
            elif not self._wait():
                raise ServerError(f"The server in {self.folder} runs but does not answer.")
            descriptor = os.open(self.folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            self._users = descriptor
        atexit.register(self.leave)

    def leave(self) -> None:
        """Stop being a user; the last one out stops the server."""
        if self._users is None:
            return
        # Closed, not unlocked: a fork shares the lock, and unlocking would take it from its siblings too.
        os.close(self._users)
        self._users = None
        with self._changing():
            descriptor = os.open(self.folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            else:
                self._stop()
            finally:
                os.close(descriptor)

    def _stop(self) -> None:
        pid = self.running_pid()
        if pid is None:
            return
        os.kill(pid, self.stop_signal())
        deadline = time.monotonic() + START_SECONDS
        while self.running_pid() is not None and time.monotonic() < deadline:
            time.sleep(0.02)

    def _wait(self, process: subprocess.Popen[bytes] | None = None) -> bool:
        """Until it answers, up to ten seconds; at once False when the process has ended."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.answers():
                return True
            if process is not None and process.poll() is not None:
                return False
            time.sleep(0.05)
        return False

    @contextmanager
    def _changing(self) -> Iterator[None]:
        descriptor = os.open(self.folder / "start.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def run_in_background(
        self, command: Sequence[str], log: Path, *, dies_with_me: bool
    ) -> subprocess.Popen[bytes]:
        """The server's process, in a session of its own so that Ctrl+C in the terminal is not its business."""
        with log.open("ab") as output:
            return subprocess.Popen(  # noqa: S603 - our own server
                [*_death_signal(dies_with_me, self.stop_signal()), *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                cwd=self.folder,
            )


def _death_signal(wanted: bool, sign: signal.Signals) -> list[str]:
    """A prefix that makes the kernel signal the server when the starting process dies (Linux)."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", sign.name.removeprefix("SIG"), "--"] if wanted and setpriv else []


def socket_folder(folder: Path, name: str) -> Path:
    """Where sockets live: the folder itself, or a short private one when the path would be too long."""
    if len(os.fsencode(folder / name)) <= SOCKET_PATH_BYTES:
        return folder
    key = sha256(os.fsencode(folder)).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"salesdept-{os.getuid()}-{key}"
    short.mkdir(mode=0o700, exist_ok=True)
    owner = short.lstat()
    if short.is_symlink() or owner.st_uid != os.getuid() or owner.st_mode & 0o077:
        raise ServerError(
            f"{short} is not a private folder of this account; remove it or set SALESDEPT_DATA."
        )
    return short


def process_command(pid: int) -> str | None:
    """What a process runs, or None when it is gone or a zombie."""
    if sys.platform == "linux":
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            return None if state == "Z" else Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        except (OSError, IndexError):
            return None
    listed = subprocess.run(  # noqa: S603
        ["ps", "-o", "stat=,command=", "-p", str(pid)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    state, _, command = listed.stdout.strip().partition(" ")
    return command if state and not state.startswith("Z") else None
