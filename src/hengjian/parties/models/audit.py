"""The log of who did what. The database itself refuses to change or delete a row (migration 0002)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One executed verb: who, on what, which fields changed, why, in which request."""

    at = models.DateTimeField(_("时间"), default=timezone.now)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="audit_entries",
        verbose_name=_("操作人"),
    )
    # The unit the person belonged to then, and the token or worker that acted for it.
    unit = models.ForeignKey("parties.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    system = models.CharField(_("系统"), max_length=60, blank=True)
    verb = models.CharField(_("操作"), max_length=60)
    # "task:12", or "" where the verb has no single object.
    ref = models.CharField(_("对象"), max_length=120, blank=True)
    label = models.CharField(_("对象名称"), max_length=200, blank=True)
    # {field: [before, after]}; values of hidden fields are null.
    changes = models.JSONField(_("变更"), default=dict)
    reason = models.TextField(_("事由"), blank=True)
    request_id = models.CharField(_("请求"), max_length=36, db_index=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("操作日志")
        indexes = [models.Index(fields=["ref", "-at"]), models.Index(fields=["user", "-at"])]

    def __str__(self) -> str:
        return f"{self.verb} {self.ref}"
