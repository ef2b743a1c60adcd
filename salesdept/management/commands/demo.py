"""`manage.py demo`: from an empty folder to a department at work, in one command."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils.module_loading import import_string

from salesdept.models import User
from salesdept.night import published_day, run_night, yesterday
from salesdept.roles import Role

COMPANY = "kpi.demo.load.load_company"  # the company is made where everything may be imported
STOP_SECONDS = 10


class Command(BaseCommand):
    """Servers, migrations, the demonstration company, the night; then worker, beat and web until Ctrl+C."""

    help = "Start the demonstration company."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--port 8000 --until D --no-serve`."""
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--until", type=date.fromisoformat, default=None, help="last day of the company")
        parser.add_argument("--no-serve", action="store_true", help="prepare and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, then serve."""
        until = options["until"] or yesterday()
        with _OnlyDemo(Path(settings.DATA_DIR)):
            if not options["no_serve"]:
                _check_port(options["port"])
            started = time.monotonic()
            environment = self._servers()
            self._say("migrations")
            call_command("migrate", verbosity=0)
            if not User.objects.exists():
                self._say("demonstration company")
                import_string(COMPANY)(until, self._say)
            if published_day() != until and (published_day() or date.min) < until:
                self._say(f"the night of {until:%d.%m.%Y}")
                run_night(as_of=until)
            self._say(f"ready in {time.monotonic() - started:.0f} s")
            self._logins()
            if not options["no_serve"]:
                self._serve(options["port"], environment)

    def _say(self, text: str) -> None:
        self.stdout.write(f"· {text}")
        self.stdout.flush()

    def _servers(self) -> dict[str, str]:
        """Start the embedded servers so that they die with this process; the children join them as users."""
        if settings.EMBEDDED_POSTGRES:
            from salesdept.servers import postgres

            self._say("PostgreSQL")
            postgres.server().join(dies_with_me=True)
        if settings.REDIS_URL is None:
            from salesdept.servers import redis

            self._say("Redis")
            redis.server().join(dies_with_me=True)
        return os.environ | {
            "SALESDEPT_DEMO": "1",
            "SALESDEPT_WEB": "1",
            "SALESDEPT_DATA": str(settings.DATA_DIR),
        }

    def _logins(self) -> None:
        self.stdout.write("\nPassword for everyone: demo")
        for role in Role:
            if user := User.objects.active().with_role(role).order_by("pk").first():
                self.stdout.write(f"  {user.email:36} {user.get_full_name()} — {role.label}")

    def _serve(self, port: int, environment: dict[str, str]) -> None:
        python = sys.executable
        celery = [python, "-m", "celery", "-A", "salesdept"]
        schedule = str(Path(settings.DATA_DIR) / "beat-schedule")
        commands = [
            [*celery, "worker", "--loglevel", "warning", "--concurrency", "2"],
            [*celery, "beat", "--loglevel", "warning", "--schedule", schedule],
            _web(python, port),
        ]
        connection.close()
        children: list[subprocess.Popen[bytes]] = []
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, _interrupt)
        try:
            children += [_child(command, environment) for command in commands]
            _wait_for(port, children[-1])
            self.stdout.write(f"\nhttp://127.0.0.1:{port}/   (Ctrl+C stops everything)")
            self.stdout.flush()
            while all(child.poll() is None for child in children):
                time.sleep(0.3)
            raise CommandError("One of the demonstration's processes ended; the messages above say why.")
        except KeyboardInterrupt:
            self.stdout.write("\nStopping…")
        finally:
            _stop(children)


class _OnlyDemo:
    """One demonstration per data folder, by a lock that a kill leaves free."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "demo.lock"

    def __enter__(self) -> None:
        import fcntl

        self.descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CommandError(
                f"A demonstration already runs in {self.path.parent}. Stop it, or set SALESDEPT_DATA to another folder."
            ) from error

    def __exit__(self, *error: object) -> None:
        os.close(self.descriptor)


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(f"Port {port} is taken: choose another one with --port.") from error


def _web(python: str, port: int) -> list[str]:
    address = f"127.0.0.1:{port}"
    options = [
        "--bind",
        address,
        "--workers",
        "2",
        "--threads",
        "4",
        "--log-level",
        "warning",
        "--graceful-timeout",
        "3",
    ]
    return [python, "-m", "gunicorn", "salesdept.wsgi", *options]


def _child(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """A process in a session of its own that the kernel stops if this one is killed (Linux)."""
    setpriv = shutil.which("setpriv")
    prefix = [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []
    return subprocess.Popen(  # noqa: S603 - our own commands
        [*prefix, *command], env=environment, start_new_session=True, cwd=settings.BASE_DIR
    )


def _wait_for(port: int, web: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and web.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise CommandError("The web server did not start; the messages above say why.")


def _interrupt(*_args: object) -> None:
    raise KeyboardInterrupt


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    """Ask each in turn, web first, so that nothing new comes in; insist after ten seconds."""
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, signal.SIG_IGN)
    for child in reversed(children):
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in reversed(children):
        try:
            child.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
