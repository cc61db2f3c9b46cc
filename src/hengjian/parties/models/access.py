"""Who holds which role where, and the tokens of units."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.parties.models.base import Confidentiality, Dated, DatedQuerySet
from hengjian.parties.models.regions import Region
from hengjian.parties.models.units import Unit


class RoleGrant(Dated):
    """A role for a user, limited to a unit, to a region with everything below it, or to both; neither: everywhere."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants", verbose_name=_("用户")
    )
    role = models.CharField(_("角色"), max_length=30)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="grants", verbose_name=_("限于单位")
    )
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="grants", verbose_name=_("限于地区")
    )
    ceiling = models.PositiveSmallIntegerField(
        _("密级上限"), choices=Confidentiality.choices, default=Confidentiality.INTERNAL
    )
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("授权人"),
    )
    granted_at = models.DateTimeField(_("授权时间"), default=timezone.now)

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        ordering = ["user", "role", "pk"]
        verbose_name = _("角色授权")
        indexes = [models.Index(fields=["role", "unit"])]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        self._forget()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._forget()
        return super().delete(*args, **kwargs)

    def _forget(self) -> None:
        """The user object keeps its grants for a request; a change must not leave old ones behind."""
        user = self._state.fields_cache.get("user")
        if user is not None:
            user.kept_grants = None


class ApiToken(models.Model):
    """A secret with which a unit's system calls the interface. Only the SHA-256 of the secret is kept."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="tokens", verbose_name=_("单位"))
    name = models.CharField(_("用途"), max_length=80)
    prefix = models.CharField(_("前缀"), max_length=16, unique=True)
    digest = models.CharField(max_length=64)
    # Verbs that the token may use; it never allows more than its creator may do at that moment.
    scopes = models.JSONField(_("权限范围"), default=list)
    # Reaches everything its creator reaches instead of the unit's rows only.
    wide = models.BooleanField(_("不限于本单位"), default=False)
    # Requests per window; the interface refuses more.
    rate_limit = models.PositiveIntegerField(_("限流（次）"), default=600)
    rate_window = models.PositiveIntegerField(_("限流窗口（秒）"), default=60)
    window_start = models.DateTimeField(null=True, blank=True)
    window_count = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("创建时间"), default=timezone.now)
    expires_at = models.DateTimeField(_("到期时间"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("最近使用"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("吊销时间"), null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("接口令牌")

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"
