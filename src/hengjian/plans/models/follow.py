"""Following up: lights with history, urging, issued documents, step log, notifications."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.plans.models.plan import Plan
from hengjian.plans.models.work import Duty


class LightChange(models.Model):
    """A change of a duty's light; never overwritten."""

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="light_changes")
    at = models.DateTimeField(default=timezone.now)
    before = models.CharField(max_length=8)
    after = models.CharField(max_length=8)
    label = models.CharField(max_length=40)
    reason = models.CharField(max_length=200)
    rule = models.CharField(max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["duty", "-at"])]

    def __str__(self) -> str:
        return f"{self.duty_id} {self.before}→{self.after}"


class Urge(models.Model):
    """One step of the ladder sent to one unit. `key` makes a repeated run of the worker send nothing twice."""

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="urges")
    step = models.CharField(_("级别"), max_length=30)
    level = models.PositiveSmallIntegerField(default=0)
    label = models.CharField(max_length=40)
    message = models.TextField(_("内容"))
    automatic = models.BooleanField(default=False)
    # The paper that carried it, where there is one.
    document = models.ForeignKey(
        "plans.IssuedDocument", null=True, blank=True, on_delete=models.CASCADE, related_name="urges"
    )
    key = models.CharField(max_length=120, unique=True)
    sent_at = models.DateTimeField(default=timezone.now)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reply = models.TextField(_("回复"), blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-sent_at", "-pk"]
        indexes = [models.Index(fields=["duty", "-sent_at"])]

    def __str__(self) -> str:
        return f"{self.duty_id} {self.step}"


class IssuedDocument(models.Model):
    """A numbered official paper made from the ledger: task breakdown, supervision notice, consolidation, circular."""

    class Kind(models.TextChoices):
        BREAKDOWN = "breakdown", _("任务分解表")
        NOTICE = "notice", _("督办单")
        CONSOLIDATION = "consolidation", _("进展汇总")
        CIRCULAR = "circular", _("通报")

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(_("种类"), max_length=14, choices=Kind.choices)
    number = models.CharField(_("文号"), max_length=80)
    title = models.CharField(_("标题"), max_length=300)
    issued_on = models.DateField(_("日期"))
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # Who prepared it; a circular is issued by another person.
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # What it says (`papers.paper.Paper.to_dict()`): page, .docx and .xlsx are made of this one content.
    content = models.JSONField(default=dict)
    reply_by = models.DateField(_("反馈时限"), null=True, blank=True)
    duties = models.ManyToManyField(Duty, related_name="documents", blank=True)
    file_hash = models.CharField(max_length=80)
    sheet_hash = models.CharField(max_length=80, blank=True)
    # The ledger position at which its figures were taken, so that they can be recomputed.
    ledger_size = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-issued_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["number"], name="document_number_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("plans:document", args=[self.pk])

    @property
    def ref(self) -> str:
        return f"document:{self.pk}"


class PaperDraft(models.Model):
    """A circular that waits for another person to issue it. It has no number yet and only the office sees it."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="paper_drafts")
    kind = models.CharField(_("种类"), max_length=14, choices=IssuedDocument.Kind.choices)
    content = models.JSONField()
    agency = models.CharField(_("机关代字"), max_length=40)
    reply_by = models.DateField(_("反馈时限"), null=True, blank=True)
    duties = models.ManyToManyField(Duty, related_name="+", blank=True)
    # Those of the duties from which a reply is wanted.
    asked = models.JSONField(default=list)
    ledger_size = models.PositiveBigIntegerField(default=0)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-drafted_at", "-pk"]
        verbose_name = _("待签发文书")

    def __str__(self) -> str:
        return str(self.content.get("title", ""))


class DutyStep(models.Model):
    """Every step of a duty with who and when (立项交办→签收→反馈→审核→催办→办结)."""

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=40)
    label = models.CharField(max_length=60)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["duty", "at"])]

    def __str__(self) -> str:
        return f"{self.duty_id} {self.label}"
