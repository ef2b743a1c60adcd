"""The demonstration company (DOMAIN.md 8)."""
