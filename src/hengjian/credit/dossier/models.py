"""Storage of the room: the reports that were issued. What a report said is not kept, only by what it can be checked."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.enterprises.models import Enterprise
from hengjian.parties.models import Unit


class Report(models.Model):
    """One issued report. Its content would outlive a repair, so there are only its digest and the facts it rests on.

    `code` stands in the address under which anybody verifies it; it cannot be guessed from the number.
    """

    class Extent(models.TextChoices):
        PUBLIC = "public", _("公开版")
        FULL = "full", _("完整版")

    number = models.CharField(_("报告编号"), max_length=60, unique=True)
    code = models.CharField(_("查询码"), max_length=20, unique=True)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+", verbose_name=_("主体"))
    extent = models.CharField(_("版本"), max_length=6, choices=Extent.choices)
    # As whom it was asked for; decides what stands in it.
    side = models.CharField(max_length=7)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(_("用途"), max_length=200, blank=True)
    issued_at = models.DateTimeField(_("出具时间"), default=timezone.now)
    # SHA-256 of the canonical content, in hex.
    digest = models.CharField(max_length=64)
    # Ids of the facts in it.
    facts = models.JSONField(default=list)
    # SHA-256 of each file as it was handed out: {"docx": …}.
    files = models.JSONField(default=dict)

    class Meta:
        ordering = ["-issued_at", "-pk"]
        verbose_name = _("质量信用报告")
        indexes = [models.Index(fields=["enterprise", "-issued_at"], name="credit_report_enterprise")]

    def __str__(self) -> str:
        return self.number

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("a report is not changed after it was issued; issue a new one")
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("credit_dossier:report", args=[self.code])

    @property
    def ref(self) -> str:
        return f"credit_report:{self.pk}"

    @property
    def is_full(self) -> bool:
        return self.extent == self.Extent.FULL
