"""What the checks of the regime found."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from hengjian.parties.models import Region, Unit
from hengjian.returns.models.returns import Return


class Finding(models.Model):
    """One offending row of one check. It is cleared when a later run does not find it any more."""

    class Severity(models.TextChoices):
        ERROR = "error", _("错误")
        WARNING = "warning", _("警告")
        HINT = "hint", _("提示")

    check_code = models.CharField(_("检查项"), max_length=60)
    key = models.CharField(max_length=200)
    severity = models.CharField(_("程度"), max_length=8, choices=Severity.choices)
    owner = models.ForeignKey(Return, null=True, on_delete=models.CASCADE, related_name="findings")
    form_code = models.CharField(_("报表"), max_length=60)
    period_code = models.CharField(_("报告期"), max_length=10)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("单位"))
    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="+", verbose_name=_("地区"))
    row = models.CharField(max_length=60, blank=True)
    column = models.CharField(max_length=60, blank=True)
    values = models.JSONField(_("数值"), default=dict)
    found_at = models.DateTimeField(_("发现时间"))
    seen_at = models.DateTimeField(_("最近一次发现"))
    cleared_at = models.DateTimeField(_("消除时间"), null=True)

    class Meta:
        ordering = ["-period_code", "region__code", "pk"]
        verbose_name = _("数据质量疑点")
        constraints = [models.UniqueConstraint(fields=["check_code", "key"], name="returns_finding_once")]
        indexes = [models.Index(fields=["cleared_at", "check_code"], name="returns_finding_open")]

    def __str__(self) -> str:
        return f"{self.check_code} {self.key}"


class IntegrityRun(models.Model):
    """One run of all checks; one a day claims the night, others are asked for by hand."""

    day = models.DateField(_("日期"), unique=True)
    at = models.DateTimeField(_("时间"))
    looked_at = models.PositiveIntegerField(_("检查的报表"), default=0)
    found = models.PositiveIntegerField(_("疑点"), default=0)

    class Meta:
        ordering = ["-day"]
        verbose_name = _("数据质量检查")

    def __str__(self) -> str:
        return str(self.day)
