"""Starts Django for the commands that need the database."""

from __future__ import annotations

import os
import sys


def setup() -> None:
    """Load the settings; a wrong environment ends with its message instead of a traceback."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hengjian.site.settings")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None
