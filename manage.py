#!/usr/bin/env python
"""Run a Django command of the demonstration project."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    from django.core.management import execute_from_command_line

    from governance.exceptions import ConfigurationError, EmbeddedPostgresUnavailable

    try:
        execute_from_command_line(sys.argv)
    except (ConfigurationError, EmbeddedPostgresUnavailable) as error:
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
