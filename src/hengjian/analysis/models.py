"""Storage: quality reports with their paragraphs and the figures that those rest on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengjian.methods.periods import Period, parse_period
from hengjian.parties.models import Confidentiality, Region, Unit


class Report(models.Model):
    """A report of one structure for a region and period. Approved text is frozen; a later one is a new version.

    Attributes:
        structure: code of the declared structure; empty for a deposited file.
        calendar: code of the line of the report calendar that it answers.
        file: address of the deposited file, for reports that are written elsewhere.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("分析报告", "起草中")
        REVIEW = "review", pgettext_lazy("分析报告", "待审核")
        REVIEWED = "reviewed", pgettext_lazy("分析报告", "待批准")
        APPROVED = "approved", pgettext_lazy("分析报告", "已批准")
        PUBLISHED = "published", pgettext_lazy("分析报告", "已发布")
        SUPERSEDED = "superseded", pgettext_lazy("分析报告", "已有新版")

    structure = models.CharField(_("报告类型"), max_length=60, blank=True)
    calendar = models.CharField(_("报告日历"), max_length=60, blank=True)
    title = models.CharField(_("标题"), max_length=200)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("编制单位"))
    period = models.CharField(_("期间"), max_length=8)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(_("版本"), default=1)
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    file = models.CharField(_("文件"), max_length=80, blank=True)
    number = models.CharField(_("文号"), max_length=80, blank=True)
    notice = models.CharField(_("公告"), max_length=40, blank=True)
    confidentiality = models.PositiveSmallIntegerField(
        _("知悉范围"), choices=Confidentiality.choices, default=Confidentiality.INTERNAL
    )
    data_at = models.DateTimeField(_("数据时间"), default=timezone.now)
    returned_for = models.CharField(_("退回原因"), max_length=400, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("起草时间"), default=timezone.now)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(_("批准时间"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    fact = models.UUIDField(null=True, blank=True)

    class Meta:
        verbose_name = _("分析报告")
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "region", "period", "version"],
                condition=~Q(structure=""),
                name="analysis_report_version",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "state"], name="analysis_report_region"),
            models.Index(fields=["calendar", "period"], name="analysis_report_calendar"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("analysis:report", args=[self.pk])

    @property
    def ref(self) -> str:
        """How facts, files and numbers refer to it."""
        return f"report:{self.pk}"

    @property
    def when(self) -> Period:
        return parse_period(self.period)

    @property
    def at_work(self) -> bool:
        """Whether its text may still change."""
        return self.state == self.State.DRAFT

    @property
    def public(self) -> bool:
        return self.state == self.State.PUBLISHED


class ReportFigure(models.Model):
    """One value that a report rests on. Its number stands behind it in the text and leads to the annex.

    Attributes:
        observation: the value as it was when the text was made; a corrected one is another row of the same
            indicator, region, period and break-down.
        printed: the value as it stood in the text.
        parts: "24,789 / 28,265", empty where there are no two parts.
        marks: what it assumes, in words.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="figures")
    number = models.PositiveIntegerField()
    indicator = models.CharField(max_length=80)
    title = models.CharField(max_length=120)
    definition = models.CharField(max_length=500, blank=True)
    region = models.CharField(max_length=12)
    place = models.CharField(max_length=80)
    period = models.CharField(max_length=8)
    dimensions = models.CharField(max_length=200, blank=True)
    observation = models.BigIntegerField()
    printed = models.CharField(max_length=80)
    parts = models.CharField(max_length=80, blank=True)
    marks = models.JSONField(default=list, blank=True)
    public = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("报告中的数值")
        ordering = ["report", "number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="analysis_figure_number")]

    def __str__(self) -> str:
        return f"{self.report_id}[{self.number}]"

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.indicator, self.region, self.period, self.dimensions


class Paragraph(models.Model):
    """A block of a report: text that was generated and may be rewritten, a table or a chart.

    Attributes:
        key: chapter.block of the structure, with a counter; the same when the text is made again.
        generated: the text as it was made; `text` the one that counts.
        content: rows of a table, or the specification of a chart (JSON).
        mentions: what the text states, in its order: `slot` (what it is, the same when the text is made again),
            `figure` (number of the value), `printed`.
    """

    class Kind(models.TextChoices):
        HEADING = "heading", _("标题")
        TEXT = "text", _("文字")
        TABLE = "table", _("表格")
        CHART = "chart", _("图")

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="paragraphs")
    order = models.PositiveIntegerField()
    chapter = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    generated = models.TextField(blank=True)
    text = models.TextField(_("文字"), blank=True)
    content: models.JSONField[Any] = models.JSONField(default=dict, blank=True)
    mentions = models.JSONField(default=list, blank=True)
    public = models.BooleanField(_("公开版保留"), default=True)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("报告段落")
        ordering = ["report", "order"]
        constraints = [models.UniqueConstraint(fields=["report", "key"], name="analysis_paragraph_key")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.key}"

    @property
    def edited(self) -> bool:
        return self.text != self.generated
