"""Storage of grades: one row per enterprise, pack and stretch of days on which its grade rests on the same findings."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.enterprises.models import Enterprise


class Run(models.Model):
    """The grading of one month by one pack: what it was computed from, how far it is, what came out."""

    class State(models.TextChoices):
        RUNNING = "running", _("计算中")
        DONE = "done", _("已完成")

    pack = models.CharField(_("规则包"), max_length=40)
    rule = models.CharField(_("规则"), max_length=80)
    # Digests of the pack and of the features; other content under the same id is noticed.
    version = models.CharField(max_length=25)
    month = models.CharField(_("月份"), max_length=7)
    as_of = models.DateField(_("截至"))
    # The state of the ledger that was read: the same run can be computed again for ever.
    tree_size = models.BigIntegerField()
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.RUNNING)
    # Every enterprise up to this primary key is done; a run that was killed goes on behind it.
    cursor = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(_("企业数"), default=0)
    done = models.PositiveIntegerField(_("已计算"), default=0)
    changed = models.PositiveIntegerField(_("等级变化"), default=0)
    # {grade: n}; {"before>now": n}; {"region" | "kind": {code: {grade: n}}}
    counts = models.JSONField(default=dict)
    moves = models.JSONField(default=dict)
    parts = models.JSONField(default=dict)
    # SHA-256 of the lines "key grade score" of all enterprises in the order of their keys.
    digest = models.CharField(_("结果摘要"), max_length=64, blank=True)
    started_at = models.DateTimeField(_("开始"), default=timezone.now)
    finished_at = models.DateTimeField(_("完成"), null=True, blank=True)

    class Meta:
        ordering = ["-month", "pack"]
        verbose_name = _("分级批次")
        constraints = [models.UniqueConstraint(fields=["pack", "month"], name="credit_grading_month_once")]

    def __str__(self) -> str:
        return f"{self.pack} {self.month}"

    def get_absolute_url(self) -> str:
        return reverse("credit_grading:overview") + f"?pack={self.pack}&month={self.month}"

    @property
    def ref(self) -> str:
        return f"grading:{self.pack}:{self.month}"


class Adjustment(models.Model):
    """Another grade than the computed one, asked for by one person and agreed to by another."""

    class State(models.TextChoices):
        ASKED = "asked", _("待审定")
        AGREED = "agreed", _("已审定")
        REFUSED = "refused", _("不同意")
        ENDED = "ended", _("已结束")

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+", verbose_name=_("企业"))
    pack = models.CharField(_("规则包"), max_length=40)
    grade = models.CharField(_("调整为"), max_length=8)
    before = models.CharField(_("原等级"), max_length=8, blank=True)
    reason = models.TextField(_("理由"), max_length=1000)
    # The last day on which it holds.
    until = models.DateField(_("有效至"))
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("提出人")
    )
    asked_at = models.DateTimeField(_("提出时间"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("审定时间"), null=True, blank=True)
    note = models.CharField(_("审定意见"), max_length=500, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("等级调整")
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "pack"], condition=Q(state__in=["asked", "agreed"]), name="credit_adjustment_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.pack} {self.grade}"

    def get_absolute_url(self) -> str:
        return reverse("credit_grading:adjustment", args=[self.pk])

    @property
    def ref(self) -> str:
        return f"adjustment:{self.pk}"


class Classification(models.Model):
    """The grade of an enterprise from `since` until the day before `until`, and what it rests on.

    A month in which nothing changed writes nothing: the row that was there before goes on.
    """

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("企业")
    )
    pack = models.CharField(_("规则包"), max_length=40)
    rule = models.CharField(_("规则"), max_length=80)
    version = models.CharField(max_length=25)
    grade = models.CharField(_("等级"), max_length=8)
    # What the score and the caps gave, where a person changed it.
    computed = models.CharField(_("计算等级"), max_length=8)
    score = models.DecimalField(_("得分"), max_digits=8, decimal_places=2)
    # Canonical JSON: {item: [value, points, [leaf, …]]} of what was found, and "": [caps that held].
    detail = models.TextField(default="{}")
    adjustment = models.ForeignKey(Adjustment, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateField(_("自"))
    until = models.DateField(_("至"), null=True, blank=True)
    tree_size = models.BigIntegerField()
    # Place in the log of the fact that told this grade; of the earlier row's where the grade stayed.
    leaf_index = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("信用等级")
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "pack"], condition=Q(until__isnull=True), name="credit_grade_current"
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise", "pack", "since"], name="credit_grade_history"),
            models.Index(fields=["pack", "grade", "enterprise"], name="credit_grade_list", condition=Q(until=None)),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.pack} {self.grade}"

    def get_absolute_url(self) -> str:
        return reverse("credit_grading:enterprise", args=[self.enterprise.key]) + f"?pack={self.pack}"

    @property
    def ref(self) -> str:
        return f"classification:{self.pk}"
