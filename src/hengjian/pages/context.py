"""The variable `shell`: what the frame around every page shows. Computed only when a template asks for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from hengjian.pages import navigation, notices


@dataclass
class Shell:
    """Lazy parts of the frame; `request` may lack a user (errors before authentication)."""

    request: HttpRequest

    @cached_property
    def user(self) -> Any:
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def sections(self) -> Sequence[navigation.NavigationSection]:
        return navigation.navigation(self.request) if self.user else []

    @property
    def waiting(self) -> list[navigation.NavigationLink]:
        """Entries of the side navigation behind which something waits for this person, those above all left out."""
        return [link for section in self.sections if section.label for link in section.links if link.count]

    @cached_property
    def unread(self) -> int:
        return notices.unread(self.user) if self.user else 0

    @property
    def unit(self) -> Any:
        return getattr(self.user, "unit", None)

    @property
    def region(self) -> str:
        """The region of the user's unit, else the name of the installation."""
        region = getattr(self.unit, "region", None)
        return getattr(region, "name", "") or settings.HENGJIAN_REGION_NAME

    @property
    def year(self) -> int:
        return timezone.localdate().year

    @property
    def region_short(self) -> str:
        """For the name of the public site: 澜川 of 澜川自治区."""
        return re.sub(r"(?:.族)*自治区$|省$|市$|自治州$|地区$|县$|区$", "", settings.HENGJIAN_REGION_NAME)

    @property
    def host(self) -> str:
        return str(settings.HENGJIAN_ORGANISER)

    @property
    def contact(self) -> str:
        return str(settings.HENGJIAN_CONTACT)

    @property
    def registration(self) -> bool:
        """Whether people who act for an enterprise may make an account themselves."""
        return bool(settings.HENGJIAN_REGISTRATIONS_PER_HOUR)

    @property
    def announcement(self) -> str:
        return str(settings.HENGJIAN_ANNOUNCEMENT)

    @cached_property
    def public_links(self) -> Sequence[navigation.NavigationLink]:
        return navigation.public_navigation(self.request)

    @property
    def languages(self) -> list[tuple[str, str, bool]]:
        """(code, own name, is current) of each interface language."""
        current = get_language()
        return [(code, str(name), code == current) for code, name in settings.LANGUAGES]

    @property
    def other_language(self) -> tuple[str, str]:
        """The language that the switch in the top bar offers."""
        return next((code, name) for code, name, current in self.languages if not current)

    @property
    def address(self) -> str:
        """Where a language switch returns to; a page reached by POST has no address to return to."""
        return self.request.get_full_path() if self.request.method in ("GET", "HEAD") else "/"


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor."""
    return {"shell": Shell(request)}
