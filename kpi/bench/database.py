"""A database of its own for synthetic data, so that nobody's real base is ever touched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection

from salesdept.sql import execute, fetch

# One fixed configuration for every measurement, printed with the results.
SERVER = (
    "shared_buffers",
    "work_mem",
    "maintenance_work_mem",
    "fsync",
    "synchronous_commit",
    "jit",
    "server_version",
)


@contextmanager
def own_database(name: str, *, keep: bool) -> Iterator[None]:
    """Work in the database `name`, freshly made and migrated; dropped afterwards unless kept."""
    usual = connection.settings_dict["NAME"]
    connection.ensure_connection()
    if name == usual:
        raise ValueError("The synthetic base needs a name of its own.")
    execute(f'DROP DATABASE IF EXISTS "{name}"')
    execute(f'CREATE DATABASE "{name}"')
    _switch(name)
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        _switch(usual)
        if not keep:
            execute(f'DROP DATABASE IF EXISTS "{name}"')


def server_configuration() -> dict[str, str]:
    """The settings of the server that a measurement depends on."""
    return {name: fetch(f"SHOW {name}")[0][0] for name in SERVER}


def _switch(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
