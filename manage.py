#!/usr/bin/env python
"""Entry point of every command."""

import os
import sys


def main() -> None:
    """Run a management command with the program's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesdept.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
