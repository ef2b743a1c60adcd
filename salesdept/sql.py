"""The few lines every nightly rule needs to run its SQL."""

from collections.abc import Mapping
from typing import Any

from django.db import connection


def execute(sql: str, params: Mapping[str, Any] | None = None) -> int:
    """Run one statement; how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params or {})
        return max(cursor.rowcount, 0)


def fetch(sql: str, params: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """All rows of one query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params or {})
        return list(cursor.fetchall())


def upsert(table: str, key: str, columns: tuple[str, ...], query: str) -> str:
    """`INSERT … query … ON CONFLICT (key)` that writes only rows that differ.

    `query` yields the key followed by the columns, in that order. Names come from code, never from a user.
    """
    names = ", ".join(columns)
    return f"""
        INSERT INTO {table} ({key}, {names}) {query}
        ON CONFLICT ({key}) DO UPDATE SET {", ".join(f"{name} = EXCLUDED.{name}" for name in columns)}
        WHERE ({", ".join(f"{table}.{name}" for name in columns)})
           IS DISTINCT FROM ({", ".join(f"EXCLUDED.{name}" for name in columns)})
    """


def update_changed(table: str, key: str, columns: tuple[str, ...], query: str) -> str:
    """`UPDATE … FROM (query)` that writes only rows that differ; the query names its columns."""
    return f"""
        UPDATE {table} SET {", ".join(f"{name} = fresh.{name}" for name in columns)}
        FROM ({query}) AS fresh
        WHERE {table}.{key} = fresh.{key}
          AND ({", ".join(f"{table}.{name}" for name in columns)})
           IS DISTINCT FROM ({", ".join(f"fresh.{name}" for name in columns)})
    """
