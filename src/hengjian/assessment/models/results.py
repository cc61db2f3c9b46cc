"""Results in versions, and rectification."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengjian.assessment.models.rounds import Entry, Round


class ResultSet(models.Model):
    """One version of a round's result. `inputs` holds everything that decides it, so that it can be computed again."""

    class State(models.TextChoices):
        COMPUTED = "computed", _("待批准")
        APPROVED = "approved", _("已批准")
        SUPERSEDED = "superseded", pgettext_lazy("考核结果", "已被新版本取代")

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="results")
    version = models.PositiveSmallIntegerField(_("版本"))
    state = models.CharField(max_length=10, choices=State.choices, default=State.COMPUTED)
    reason = models.CharField(_("说明"), max_length=300, blank=True)
    definition = models.JSONField()
    # entry id → Contender.to_dict()
    inputs = models.JSONField()
    # SHA-256 of the canonical JSON of definition and inputs.
    digest = models.CharField(max_length=64)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approval = models.CharField(_("批准文件"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("考核结果")
        ordering = ["round", "-version"]
        constraints = [models.UniqueConstraint(fields=["round", "version"], name="assessment_version_once")]

    def __str__(self) -> str:
        return f"{self.round} v{self.version}"


class Result(models.Model):
    """One object's result in a version; `detail` as `scoring.words.scored_dict`."""

    result_set = models.ForeignKey(ResultSet, on_delete=models.CASCADE, related_name="rows")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="results")
    total = models.DecimalField(_("总分"), max_digits=12, decimal_places=4)
    full = models.DecimalField(max_digits=12, decimal_places=4)
    grade = models.CharField(_("等级"), max_length=20, blank=True)
    passed = models.BooleanField(null=True, blank=True)
    rank = models.PositiveSmallIntegerField(_("名次"))
    rank_low = models.PositiveSmallIntegerField()
    rank_high = models.PositiveSmallIntegerField()
    detail = models.JSONField()
    fact = models.UUIDField(null=True, blank=True)

    class Meta:
        verbose_name = _("考核得分")
        ordering = ["result_set", "rank", "entry__order"]
        constraints = [models.UniqueConstraint(fields=["result_set", "entry"], name="assessment_result_once")]

    def __str__(self) -> str:
        return f"{self.entry} {self.total}"


class Order(models.Model):
    """A rectification order: what has to be put right by when, the report, and whether it was accepted."""

    class State(models.TextChoices):
        ISSUED = "issued", _("整改中")
        REPORTED = "reported", _("待验收")
        RETURNED = "returned", pgettext_lazy("整改", "已退回")
        ACCEPTED = "accepted", _("已验收")

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, related_name="order_to_rectify")
    # Item codes with what has to be put right: [{item, title, lost, reason}].
    points = models.JSONField(default=list)
    cause = models.CharField(_("整改事由"), max_length=200)
    issued_on = models.DateField(_("下达日期"))
    due = models.DateField(_("整改时限"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.ISSUED)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("整改通知")
        ordering = ["-issued_on", "pk"]

    def __str__(self) -> str:
        return str(self.entry)

    def get_absolute_url(self) -> str:
        return reverse("assessment:order", args=[self.pk])

    @property
    def ref(self) -> str:
        return f"assessment-order:{self.pk}"


class OrderReport(models.Model):
    """A report on a rectification with its answer; several where one was returned."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="reports")
    text = models.TextField(_("整改情况"))
    files = models.JSONField(default=list, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    accepted = models.BooleanField(null=True, blank=True)
    answer = models.CharField(_("验收意见"), max_length=300, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("整改报告")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.order_id} {self.at:%Y-%m-%d}"
