"""A round: one year's assessment by a scheme, its objects, who scores what, who visits and who sits on the panel."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengjian.assessment.models.schemes import Scheme
from hengjian.assessment.rules import Definition
from hengjian.methods.periods import Period
from hengjian.parties.models import Region, Unit


class Round(models.Model):
    """One assessment of one year. It carries the scheme's content as it was when the round began."""

    class State(models.TextChoices):
        FILING = "filing", _("目标备案")
        SELF = "self", _("自我评价")
        DEPARTMENT = "department", _("部门评分")
        SITE = "site", _("实地核查")
        PANEL = "panel", _("综合评审")
        APPROVAL = "approval", _("报批")
        PUBLICATION = "publication", _("公示与申诉")
        CIRCULAR = "circular", _("通报")
        RECTIFICATION = "rectification", _("整改")
        CLOSED = "closed", pgettext_lazy("考核轮次", "已结束")

    title = models.CharField(_("名称"), max_length=200)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("考核方案"))
    definition = models.JSONField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("组织单位"))
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    year = models.PositiveSmallIntegerField(_("年度"))
    period_start = models.DateField(_("考核期起"))
    period_end = models.DateField(_("考核期止"))
    state = models.CharField(_("环节"), max_length=14, choices=State.choices)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("启动时间"), default=timezone.now)
    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    notice_number = models.CharField(_("通知文号"), max_length=80, blank=True)
    circular_number = models.CharField(_("通报文号"), max_length=80, blank=True)
    circular_on = models.DateField(_("通报日期"), null=True, blank=True)
    # The public notice of the result (publishing.Notice).
    notice = models.PositiveBigIntegerField(null=True, blank=True)
    # The draw of objects for on-site verification (draws.Draw).
    draw = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("考核轮次")
        ordering = ["-year", "-opened_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("assessment:round", args=[self.pk])

    @property
    def ref(self) -> str:
        return f"assessment:{self.pk}"

    @cached_property
    def content(self) -> Definition:
        return Definition.from_dict(self.definition)

    @property
    def period(self) -> Period:
        """The assessed year as a statistical period."""
        return Period(self.period_start.year, self.period_start.month, "year")

    @property
    def sequence(self) -> list[str]:
        """The steps that this round takes, in order."""
        return [step.code for step in self.content.scheme.steps]

    @property
    def following(self) -> str:
        """The step after the present one; "closed" after the last, "" when closed."""
        if self.state == self.State.CLOSED:
            return ""
        steps = self.sequence
        place = steps.index(self.state) + 1
        return steps[place] if place < len(steps) else str(self.State.CLOSED)

    def reached(self, code: str) -> bool:
        """Whether a step has begun (or is behind)."""
        if self.state == self.State.CLOSED:
            return True
        steps = self.sequence
        return code in steps and steps.index(code) <= steps.index(self.state)

    @property
    def published(self) -> bool:
        """Whether those who are assessed and the public may see the result: from publication (or the circular) on."""
        return self.reached("publication" if "publication" in self.sequence else "circular")

    @property
    def frozen(self) -> bool:
        """Whether marks are closed; a change now needs a decision and makes a new version."""
        return self.reached("approval")


class RoundStep(models.Model):
    """A step of a round with its last day, and when it began and ended."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="steps")
    code = models.CharField(_("环节"), max_length=14, choices=Round.State.choices)
    due = models.DateField(_("截止"), null=True, blank=True)
    begun_at = models.DateTimeField(_("开始"), null=True, blank=True)
    ended_at = models.DateTimeField(_("结束"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["round", "code"], name="assessment_step_once")]

    def __str__(self) -> str:
        return f"{self.round_id} {self.code}"

    def late(self, today: date) -> bool:
        return self.due is not None and self.ended_at is None and self.begun_at is not None and self.due < today

    def days_left(self, today: date) -> int | None:
        return None if self.due is None else (self.due - today) // timedelta(days=1)


class Entry(models.Model):
    """One object of a round: a region (with the unit that answers for it) or a department."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="entries")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("答复单位"))
    name = models.CharField(_("考核对象"), max_length=120)
    order = models.PositiveSmallIntegerField(default=0)
    liaison = models.CharField(_("联络员"), max_length=60, blank=True)
    filed_at = models.DateTimeField(_("目标备案时间"), null=True, blank=True)
    self_at = models.DateTimeField(_("自评提交时间"), null=True, blank=True)
    self_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    self_report = models.TextField(_("自评报告"), blank=True)

    class Meta:
        verbose_name = _("考核对象")
        ordering = ["round", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["round", "unit"], name="assessment_entry_once")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("assessment:entry", args=[self.pk])

    @property
    def ref(self) -> str:
        return f"assessment-entry:{self.pk}"


class Responsibility(models.Model):
    """Which unit scores an item in a round."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="responsibilities")
    item = models.CharField(max_length=81)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("评分单位"))
    finished_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["round", "item"], name="assessment_lead_once")]

    def __str__(self) -> str:
        return f"{self.item} {self.unit_id}"


class Reviewer(models.Model):
    """A member of a site team or of the panel, for one object."""

    class Role(models.TextChoices):
        SITE = "site", _("核查组")
        PANEL = "panel", _("评审组")

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="reviewers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=8, choices=Role.choices)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["entry", "user", "role"], name="assessment_reviewer_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"
