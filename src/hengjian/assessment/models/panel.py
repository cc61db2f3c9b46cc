"""On-site verification, decisions of the panel beside the items, appeals of the assessed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengjian.assessment.models.rounds import Entry


class Visit(models.Model):
    """The verification of one drawn object on the spot."""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, related_name="visit")
    # Items to be looked at, drawn with the object.
    items = models.JSONField(default=list)
    # Why the object is visited: drawn, or added by the office with a reason.
    drawn = models.BooleanField(default=True)
    visited_on = models.DateField(_("核查日期"), null=True, blank=True)
    summary = models.TextField(_("核查情况"), blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("实地核查")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.entry)

    @property
    def ref(self) -> str:
        return f"assessment-visit:{self.pk}"


class Finding(models.Model):
    """What was found at an item, with photographs as files."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="findings")
    item = models.CharField(max_length=81)
    agrees = models.BooleanField(_("与申报相符"), default=True)
    text = models.TextField(_("核查发现"))
    # [{file, name, sha256}] of documents.StoredFile.
    files = models.JSONField(default=list, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("核查发现")
        ordering = ["item", "pk"]

    def __str__(self) -> str:
        return f"{self.item} {self.text[:40]}"


class Decision(models.Model):
    """A veto, downgrade, bonus or deduction: proposed with its facts by one member, confirmed by another."""

    class Kind(models.TextChoices):
        VETO = "veto", _("一票否决")
        DOWNGRADE = "downgrade", _("降级")
        BONUS = "bonus", pgettext_lazy("考核", "加分")
        DEDUCTION = "deduction", pgettext_lazy("考核", "扣分")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待确认")
        CONFIRMED = "confirmed", _("已确认")
        REJECTED = "rejected", _("未通过")

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="decisions")
    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices)
    # Of the sheet's vetoes or downgrades.
    code = models.CharField(max_length=40, blank=True)
    title = models.CharField(_("事项"), max_length=200)
    points = models.DecimalField(_("分值"), max_digits=10, decimal_places=2, null=True, blank=True)
    facts = models.TextField(_("事实依据"))
    fact_ids = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(_("意见"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("评审决定")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.title}"


class Appeal(models.Model):
    """The objection of an assessed body to one item within the window."""

    class State(models.TextChoices):
        FILED = "filed", pgettext_lazy("申诉", "待处理")
        UPHELD = "upheld", pgettext_lazy("申诉", "成立")
        REJECTED = "rejected", pgettext_lazy("申诉", "不成立")

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="appeals")
    item = models.CharField(max_length=81)
    text = models.TextField(_("申诉理由"))
    files = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.FILED)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(_("处理意见"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("申诉")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.item} {self.text[:40]}"
