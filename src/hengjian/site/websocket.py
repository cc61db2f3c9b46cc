"""Entry point for ASGI servers: the WebSockets of traceability queries."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hengjian.site.settings")
django.setup()

from hengjian.trace.events.websocket import application  # noqa: E402

__all__ = ["application"]
