#!/usr/bin/env python
"""Longtail's command line."""

import sys


def main() -> None:
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from config import entry

    try:
        entry.prepare("config.settings.local")
    except ImproperlyConfigured as error:
        sys.exit(f"django.core.exceptions.ImproperlyConfigured: {error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
