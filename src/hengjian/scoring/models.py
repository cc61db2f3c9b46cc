"""Storage: a score sheet of one subject at one stage, its assessors, their marks, what they had to agree on."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengjian.parties.models import Confidentiality, Region, Unit
from hengjian.rulebook.parameters.score_sheets import ScoreSheets
from hengjian.scoring.answers import Answer


class ScoreSheet(models.Model):
    """One sheet of one subject at one stage.

    The rule's content is kept with the sheet, so that later editions of the rule change nothing here. A closed sheet is
    frozen; a correction is a new version that points to it.
    """

    class State(models.TextChoices):
        OPEN = "open", _("评分中")
        CONSENSUS = "consensus", _("合议中")
        CLOSED = "closed", _("已定分")
        SUPERSEDED = "superseded", pgettext_lazy("评分表", "已更正")

    # What is scored: "application:12", "plan:3"; facts and programmes find the sheet by this.
    subject = models.CharField(_("对象"), max_length=100)
    # The unit that is scored, where it is one: its own people may not assess it.
    subject_unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("被评单位")
    )
    title = models.CharField(_("名称"), max_length=200)
    stage = models.CharField(_("环节"), max_length=40, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("组织单位"))
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    confidentiality = models.PositiveSmallIntegerField(
        _("公开范围"), choices=Confidentiality.choices, default=Confidentiality.INTERNAL
    )
    rule_id = models.CharField(_("评分规则"), max_length=120)
    rule_version = models.CharField(max_length=12)
    rules_on = models.DateField(_("规则适用日"))
    definition = models.JSONField()
    # Share of an item's points; null: as the rule says.
    band = models.DecimalField(_("合议阈值"), max_digits=4, decimal_places=3, null=True, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.OPEN)
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    previous = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="next", verbose_name=_("更正自")
    )
    # Frozen when the sheet is closed.
    total = models.DecimalField(_("总分"), max_digits=12, decimal_places=4, null=True, blank=True)
    grade = models.CharField(_("等级"), max_length=20, blank=True)
    passed = models.BooleanField(_("合格"), null=True, blank=True)
    rank = models.PositiveIntegerField(_("名次"), null=True, blank=True)
    vetoes = models.JSONField(default=list, blank=True)
    downgrades = models.JSONField(default=list, blank=True)
    result = models.JSONField(default=dict, blank=True)
    fact = models.UUIDField(null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("建表时间"), default=timezone.now)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(_("定分时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("评分表")
        ordering = ["-opened_at", "-pk"]
        indexes = [
            models.Index(fields=["subject", "stage"]),
            models.Index(fields=["unit", "state"]),
            models.Index(fields=["region", "state"]),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("scoring:sheet", args=[self.pk])

    @property
    def ref(self) -> str:
        """How facts, files and clocks refer to it."""
        return f"scoresheet:{self.pk}"

    @cached_property
    def sheet(self) -> ScoreSheets:
        """The rule's parameters as they were when the sheet was opened."""
        return ScoreSheets.model_validate(self.definition)

    @property
    def at_work(self) -> bool:
        return self.state in (self.State.OPEN, self.State.CONSENSUS)


class Member(models.Model):
    """One assessor of a sheet."""

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    recused_at = models.DateTimeField(_("回避时间"), null=True, blank=True)
    recusal = models.CharField(_("回避原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("评审员")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["sheet", "user"], name="scoring_member_once")]

    def __str__(self) -> str:
        return str(self.user)


class Mark(models.Model):
    """What one assessor says about one item (`answers.Answer` as JSON), with the points that it gives."""

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.CASCADE, related_name="marks")
    item = models.CharField(max_length=40)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answer = models.JSONField(default=dict)
    points = models.DecimalField(_("得分"), max_digits=12, decimal_places=4, null=True, blank=True)
    evidence = models.JSONField(_("佐证"), default=list, blank=True)
    marked_at = models.DateTimeField(_("评分时间"), default=timezone.now)

    class Meta:
        verbose_name = _("评分")
        constraints = [models.UniqueConstraint(fields=["sheet", "item", "reviewer"], name="scoring_mark_once")]

    def __str__(self) -> str:
        return f"{self.item}: {self.points}"

    @property
    def said(self) -> Answer:
        return Answer.from_dict(self.answer)


class ConsensusTask(models.Model):
    """An item on which assessors differ by more than the band: they settle it together."""

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.CASCADE, related_name="tasks")
    item = models.CharField(max_length=40)
    lowest = models.DecimalField(_("最低"), max_digits=12, decimal_places=4)
    highest = models.DecimalField(_("最高"), max_digits=12, decimal_places=4)
    answer = models.JSONField(null=True, blank=True)
    note = models.CharField(_("合议意见"), max_length=500, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(_("合议时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("合议事项")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["sheet", "item"], name="scoring_consensus_once")]

    def __str__(self) -> str:
        return f"{self.sheet} {self.item}"

    @property
    def said(self) -> Answer | None:
        settled: dict[str, Any] | None = self.answer
        return None if settled is None else Answer.from_dict(settled)
