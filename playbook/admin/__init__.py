"""Admin of the book for the deputy director. Approved versions are only read; drafts go through the book itself."""

from playbook.admin import people, regulation, script, training, typology

__all__ = ["people", "regulation", "script", "training", "typology"]
