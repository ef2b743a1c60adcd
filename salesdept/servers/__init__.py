"""Embedded real servers: PostgreSQL and Redis in the data folder, when no URL names others (DESIGN.md)."""
