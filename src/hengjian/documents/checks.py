"""System checks of the room."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Warning, register

from hengjian.documents.fonts import chinese_font

NO_FONT = "documents.W001"


@register(deploy=True)
def chart_font(**_options: Any) -> list[CheckMessage]:
    """A server without a Chinese font draws charts with blank labels; asked by `check --deploy`."""
    if chinese_font():
        return []
    return [
        Warning(
            "No font with Chinese characters is installed: labels in charts and reports stay blank.",
            hint="Install one, on Debian: apt-get install fonts-noto-cjk",
            id=NO_FONT,
        )
    ]
