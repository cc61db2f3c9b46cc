"""People who sign in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from hengjian.parties.models.units import Unit


@dataclass(frozen=True)
class Limits:
    """What a token leaves of its creator's rights: some verbs, and one unit unless None."""

    verbs: frozenset[str]
    unit: int | None


def mask_name(name: str) -> str:
    """A personal name with its middle covered: 苏和平 → 苏*平, 李明 → 李*."""
    if len(name) < 2:
        return "*" * len(name)
    return name[0] + "*" if len(name) == 2 else name[0] + "*" * (len(name) - 2) + name[-1]


class User(AbstractUser):
    """An account. Officers belong to a unit, citizens to none; what they may do is in `RoleGrant`."""

    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="users", verbose_name=_("单位")
    )
    display_name = models.CharField(_("姓名"), max_length=60, blank=True)
    position = models.CharField(_("职务"), max_length=60, blank=True)
    phone = models.CharField(_("办公电话"), max_length=30, blank=True)
    email_digest = models.BooleanField(_("每日邮件摘要"), default=False)

    # Set on the object while a token acts for the person: what the token is limited to, and its name in the log.
    limits: Limits | None = None
    acting_system: str = ""
    # The grants that were read for this request, with their day.
    kept_grants: tuple[date, tuple[Any, ...]] | None = None
    audit_hidden = ("password", "email", "phone", "first_name", "last_name", "display_name")

    class Meta:
        ordering = ["unit__region__code", "unit__name", "display_name", "username"]
        verbose_name = _("用户")

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        return str(self)

    @property
    def masked_name(self) -> str:
        """The name as it may stand on pages that others read."""
        return mask_name(str(self))

    @property
    def ref(self) -> str:
        return f"user:{self.pk}"
