"""Bringing data in: read, map, stage, validate, apply, undo (DESIGN.md, «Bringing data in»)."""
