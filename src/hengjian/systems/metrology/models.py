"""Storage: instruments and their verifications."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.registers.models import EntryBase


class Instrument(EntryBase):
    """One instrument under compulsory verification."""

    type_code = models.CharField(_("类别"), max_length=40)
    owner = models.CharField(_("使用单位代码"), max_length=18, blank=True)
    owner_name = models.CharField(_("使用单位"), max_length=120)
    place_kind = models.CharField(_("使用场所"), max_length=20)
    purpose = models.CharField(_("用途"), max_length=20, blank=True)
    installed_on = models.DateField(_("安装日期"), null=True, blank=True)
    first_verified_on = models.DateField(_("首次检定"), null=True, blank=True)
    last_verified_on = models.DateField(_("最近检定"), null=True, blank=True)
    last_result = models.CharField(_("最近结果"), max_length=12, blank=True)
    certificate_until = models.DateField(_("证书有效期至"), null=True, blank=True)
    next_due = models.DateField(_("下次检定或轮换"), null=True, blank=True)
    # How and how often, and by which version of which rule; filled in by the system.
    scheme = models.CharField(_("检定方式"), max_length=16, blank=True)
    months = models.PositiveSmallIntegerField(_("周期（月）"), null=True, blank=True)
    cycle_rule = models.CharField(max_length=120, blank=True)
    # Since when it stands still, was replaced or scrapped.
    stopped_on = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta(EntryBase.Meta):
        verbose_name = _("计量器具")
        indexes = [
            *EntryBase.Meta.indexes,
            models.Index(fields=["register", "next_due"], name="metrology_due"),
            models.Index(fields=["register", "type_code", "region"], name="metrology_type"),
            models.Index(fields=["register", "place_kind", "next_due"], name="metrology_place"),
            models.Index(fields=["owner"], name="metrology_owner"),
        ]


class Verification(models.Model):
    """One verification of an instrument; never changed."""

    class Result(models.TextChoices):
        PASSED = "passed", _("合格")
        DOWNGRADED = "downgraded", _("降级")
        FAILED = "failed", _("不合格")

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="verifications")
    # The due day that it meets; null for the first verification of a new instrument.
    due_on = models.DateField(_("应检日期"), null=True, blank=True)
    # 1 is the first for that due day; the pass after a repair is 2.
    attempt = models.PositiveSmallIntegerField(_("次数"), default=1)
    verified_on = models.DateField(_("检定日期"))
    body = models.CharField(_("检定机构"), max_length=120)
    certificate = models.CharField(_("证书编号"), max_length=60, blank=True)
    result = models.CharField(_("结果"), max_length=12, choices=Result.choices)
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)
    seal = models.CharField(_("封印号"), max_length=60, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["instrument", "verified_on", "pk"]
        verbose_name = _("检定记录")
        constraints = [
            models.UniqueConstraint(fields=["instrument", "verified_on", "attempt"], name="metrology_verified_once"),
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=models.F("verified_on")),
                name="metrology_verified_period",
                violation_error_message=_("有效期早于检定日期。"),
            ),
        ]
        indexes = [models.Index(fields=["due_on", "attempt"], name="metrology_met")]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.verified_on} {self.result}"
