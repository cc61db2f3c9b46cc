"""What an indicator meant at every time: values point at the version of the definition that they were made by."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengjian.indicators.declarations import Definition
from hengjian.parties.models import Unit


class DefinitionVersion(models.Model):
    """One wording of a definition. A shipped one is kept the first time it is used; an office's own is proposed by one
    person and approved by another."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待批准")
        APPROVED = "approved", pgettext_lazy("指标定义", "有效")
        REJECTED = "rejected", pgettext_lazy("指标定义", "未批准")

    class Origin(models.TextChoices):
        SHIPPED = "shipped", _("配置文件")
        OFFICE = "office", _("本级办公室")

    indicator = models.CharField(_("指标"), max_length=80)
    number = models.PositiveIntegerField(_("版本"))
    digest = models.CharField(_("摘要"), max_length=64)
    body = models.JSONField()
    origin = models.CharField(_("来源"), max_length=8, choices=Origin.choices, default=Origin.SHIPPED)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.APPROVED)
    reason = models.CharField(_("变更说明"), max_length=400, blank=True)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("提出单位")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("提出时间"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # From when it applies; for a shipped version the moment of its first use.
    in_force_from = models.DateTimeField(_("生效时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("指标定义")
        ordering = ["indicator", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "number"], name="indicators_version_number"),
        ]
        indexes = [models.Index(fields=["indicator", "digest"], name="indicators_version_digest")]

    def __str__(self) -> str:
        return f"{self.indicator} v{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("indicators:proposal", args=[self.pk])

    @property
    def definition(self) -> Definition:
        """The typed definition as it was then."""
        return Definition.model_validate(self.body)
