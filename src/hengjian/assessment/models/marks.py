"""What is said about items: target values, marks of every stage, evidence and where it is used."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengjian.assessment.models.rounds import Entry
from hengjian.parties.models import Unit
from hengjian.scoring.answers import Answer


class TargetValue(models.Model):
    """A target value as filed; a new filing is a new row, so the way to the approved value stays readable."""

    class State(models.TextChoices):
        FILED = "filed", _("待核定")
        APPROVED = "approved", _("已核定")
        RETURNED = "returned", _("已退回")
        REPLACED = "replaced", pgettext_lazy("目标值", "已更替")

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="targets")
    item = models.CharField(max_length=81)
    value = models.DecimalField(_("目标值"), max_digits=16, decimal_places=4)
    basis = models.CharField(_("依据"), max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.FILED)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(_("核定意见"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("备案目标值")
        ordering = ["item", "-pk"]
        indexes = [models.Index(fields=["entry", "item"])]

    def __str__(self) -> str:
        return f"{self.item} {self.value}"


class Mark(models.Model):
    """What one stage says about one item. A later word of the same stage is a new row; the earlier stays readable."""

    class Stage(models.TextChoices):
        SELF = "self", _("自评")
        DEPARTMENT = "department", _("部门评分")
        SITE = "site", _("实地核查")
        PANEL = "panel", pgettext_lazy("考核", "评审")

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="marks")
    item = models.CharField(max_length=81)
    stage = models.CharField(_("环节"), max_length=12, choices=Stage.choices)
    answer = models.JSONField(default=dict)
    points = models.DecimalField(_("得分"), max_digits=12, decimal_places=4, null=True, blank=True)
    # Why points are lost, or why a stage departs from the one before.
    reason = models.CharField(_("原因"), max_length=500, blank=True)
    # Where the number comes from, when it was offered: {kind, code, period, text, provisional, assumed, facts}.
    source = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    current = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("考核评分")
        ordering = ["item", "pk"]
        indexes = [models.Index(fields=["entry", "stage", "item"])]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "item", "stage"],
                condition=models.Q(current=True),
                name="assessment_mark_current_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.stage}: {self.points}"

    @property
    def said(self) -> Answer:
        return Answer.from_dict(self.answer)


class Evidence(models.Model):
    """A file or a fact that a unit brings forward; kept once, used for many items and years."""

    class Kind(models.TextChoices):
        FILE = "file", _("文件")
        FACT = "fact", _("台账记录")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=4, choices=Kind.choices)
    # "sha256:…" of a file, or the id of a fact.
    address = models.CharField(max_length=80)
    title = models.CharField(_("名称"), max_length=200)
    # documents.StoredFile of a file, for the download.
    file = models.PositiveBigIntegerField(null=True, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("佐证")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["unit", "address"], name="assessment_evidence_once")]

    def __str__(self) -> str:
        return self.title

    @property
    def ref(self) -> str:
        return f"assessment-evidence:{self.pk}"


class EvidenceUse(models.Model):
    """Evidence at one item of one object."""

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="uses")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="evidence")
    item = models.CharField(max_length=81)
    used_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["item", "pk"]
        constraints = [models.UniqueConstraint(fields=["evidence", "entry", "item"], name="assessment_use_once")]

    def __str__(self) -> str:
        return f"{self.item} {self.evidence_id}"
