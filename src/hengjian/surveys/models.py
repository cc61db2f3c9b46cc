"""Storage: waves of surveys, invitations, answers, results.

Answers are anonymous: they hold no address, no account and no moment, their keys are random so that their order tells
nothing, and what tied a draft to its invitation is cut when it is submitted.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.methods.periods import Period, parse_period
from hengjian.parties.models import Region, Unit
from hengjian.surveys.catalogue import survey
from hengjian.surveys.declarations import Survey
from hengjian.surveys.rules import Stratum


def _person(**more: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", **more
    )


class Wave(models.Model):
    """A survey carried out once, in one region about one sector.

    `strata`: [{code, title, title_en, size, answers, approached}]; `report`: what the field looked like at the end.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", _("筹备中")
        RUNNING = "running", _("调查中")
        CLOSED = "closed", _("待测评")
        COMPUTED = "computed", _("待审定")
        CONCLUDED = "concluded", _("已审定")

    survey = models.CharField(_("调查"), max_length=60)
    version = models.PositiveSmallIntegerField(default=1)
    sector = models.CharField(_("行业"), max_length=60)
    period = models.CharField(_("统计期"), max_length=10)
    title = models.CharField(_("调查名称"), max_length=200)
    title_en = models.CharField(_("英文名称"), max_length=200, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("组织单位"))
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.PREPARED)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("截止日期"))
    strata = models.JSONField(_("分层"), default=list)
    sizes_source = models.CharField(_("总体数的来源"), max_length=200)
    sizes_assumed = models.BooleanField(_("总体数为估计"), default=False)
    design = models.JSONField(_("样本设计"), default=dict)
    open_link = models.BooleanField(_("开放链接"), default=False)
    telephone = models.BooleanField(_("电话访问"), default=False)
    close_full = models.BooleanField(_("满额后不再接受"), default=False)
    # Opens the public form without an invitation; not guessable, so that a wave that is not announced stays so.
    token = models.CharField(max_length=40, unique=True)
    report = models.JSONField(default=dict, blank=True)
    created_by = _person()
    created_at = models.DateTimeField(_("创建时间"), default=timezone.now)
    opened_at = models.DateTimeField(_("启动时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("截止时间"), null=True, blank=True)
    published_at = models.DateTimeField(_("公布时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("满意度调查")
        ordering = ["-starts_on", "-pk"]
        indexes = [
            models.Index(fields=["unit", "state"]),
            models.Index(fields=["region", "state"]),
            models.Index(fields=["survey", "sector", "region"]),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("surveys:wave", args=[self.pk])

    @property
    def ref(self) -> str:
        """How facts refer to it."""
        return f"survey:{self.pk}"

    @property
    def declared(self) -> Survey:
        return survey(self.survey, self.version)

    @property
    def when(self) -> Period:
        return parse_period(self.period)

    @property
    def layers(self) -> list[Stratum]:
        return [Stratum(row["code"], row["title"], row["size"], row.get("title_en", "")) for row in self.strata]

    def said(self, language: str) -> str:
        return self.title_en if language.startswith("en") and self.title_en else self.title


class Invitation(models.Model):
    """One code that admits one answer. Only its digest is stored; the letters are printed from the key of the system.

    `used` says that it was answered, not when; `draft` is emptied on that occasion.
    """

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="invitations")
    number = models.PositiveIntegerField(_("编号"))
    stratum = models.CharField(max_length=20)
    digest = models.CharField(max_length=64, unique=True)
    used = models.BooleanField(_("已答"), default=False)
    draft = models.OneToOneField("Response", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("邀请码")
        ordering = ["wave", "number"]
        constraints = [models.UniqueConstraint(fields=["wave", "number"], name="surveys_invitation_number")]

    def __str__(self) -> str:
        return str(self.number)


class Contact(models.Model):
    """A telephone call that brought no answer; without a number or a name. Part of the response rate."""

    class Outcome(models.TextChoices):
        NO_CONTACT = "no_contact", _("无人接听")
        REFUSED = "refused", _("拒绝受访")
        INELIGIBLE = "ineligible", _("不属于调查对象")

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="contacts")
    stratum = models.CharField(max_length=20)
    outcome = models.CharField(_("访问结果"), max_length=10, choices=Outcome.choices)
    by = _person()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("访问记录")
        indexes = [models.Index(fields=["wave", "outcome"])]

    def __str__(self) -> str:
        return self.get_outcome_display()


class AnswerBatch(models.Model):
    """A file of answers that were collected elsewhere: checked, entered as a whole, undone as a whole."""

    class State(models.TextChoices):
        CHECKED = "checked", _("待确认")
        APPLIED = "applied", _("已导入")
        UNDONE = "undone", _("已撤销")
        DROPPED = "dropped", _("已放弃")

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="batches")
    name = models.CharField(_("文件名"), max_length=200)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.CHECKED)
    # Emptied when the batch is entered or given up.
    rows = models.JSONField(default=list, blank=True)
    errors = models.JSONField(default=list, blank=True)
    count = models.PositiveIntegerField(_("答卷数"), default=0)
    comments = models.PositiveIntegerField(_("文字意见数"), default=0)
    approached = models.PositiveIntegerField(_("访问人数"), null=True, blank=True)
    reason = models.CharField(_("撤销原因"), max_length=300, blank=True)
    created_by = _person()
    created_at = models.DateTimeField(_("上传时间"), default=timezone.now)

    class Meta:
        verbose_name = _("答卷导入")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["wave", "state"])]

    def __str__(self) -> str:
        return self.name

    @property
    def audit_hidden(self) -> frozenset[str]:
        """The log names the file, not the answers in it."""
        return frozenset({"rows", "errors"})


class Response(models.Model):
    """One questionnaire. `answers`: {"items": {code: number | None}, "choices": {code: option}}."""

    class State(models.TextChoices):
        DRAFT = "draft", _("填写中")
        COMPLETE = "complete", _("已提交")
        SCREENED = "screened", _("不属于调查对象")

    class Mode(models.TextChoices):
        INVITED = "invited", _("邀请码")
        OPEN = "open", _("开放链接")
        TELEPHONE = "telephone", _("电话访问")
        FILE = "file", _("文件导入")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="responses")
    stratum = models.CharField(max_length=20, blank=True)
    mode = models.CharField(max_length=10, choices=Mode.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    answers = models.JSONField(default=dict)
    seconds = models.PositiveIntegerField(null=True, blank=True)
    day = models.DateField(null=True, blank=True)
    batch = models.ForeignKey(AnswerBatch, null=True, blank=True, on_delete=models.CASCADE, related_name="responses")
    # Only while it is being filled in.
    key = models.CharField(max_length=64, blank=True, db_index=True)
    comment = models.TextField(blank=True)
    touched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("答卷")
        ordering = ["pk"]
        indexes = [models.Index(fields=["wave", "state", "stratum"])]

    def __str__(self) -> str:
        return self.get_state_display()


class Comment(models.Model):
    """A free text, apart from the answers that came with it: together they might tell who wrote it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="comments")
    batch = models.ForeignKey(AnswerBatch, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(_("意见"))

    class Meta:
        verbose_name = _("文字意见")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:40]


class Evaluated(models.Model):
    """The figures of a wave; a new computation is a new version. The newest approved one is the result.

    `figures`: `figures.Evaluation.to_dict`; `field`: the field report that it used.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("待审定")
        APPROVED = "approved", _("已审定")
        RETURNED = "returned", _("已退回")

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="results")
    number = models.PositiveSmallIntegerField(_("版本"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.DRAFT)
    figures = models.JSONField(default=dict)
    field = models.JSONField(default=dict)
    index = models.DecimalField(_("满意度指数"), max_digits=6, decimal_places=2, null=True)
    low = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    high = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    n = models.PositiveIntegerField(_("有效答卷"))
    valid = models.BooleanField(_("解有效"))
    scheme = models.CharField(max_length=10)
    scaled = models.BooleanField()
    missing = models.CharField(max_length=10)
    drop_fast = models.BooleanField(default=False)
    drop_straight = models.BooleanField(default=False)
    seed = models.PositiveIntegerField()
    rule_id = models.CharField(max_length=120)
    rule_version = models.CharField(max_length=12)
    data_hash = models.CharField(_("数据摘要"), max_length=64)
    note = models.CharField(_("说明"), max_length=500, blank=True)
    computed_by = _person()
    computed_at = models.DateTimeField(_("测评时间"), default=timezone.now)
    decided_by = _person()
    decided_at = models.DateTimeField(_("审定时间"), null=True, blank=True)
    decision = models.CharField(_("审定意见"), max_length=300, blank=True)
    fact = models.UUIDField(null=True, blank=True)

    class Meta:
        verbose_name = _("测评结果")
        ordering = ["wave", "-number"]
        constraints = [models.UniqueConstraint(fields=["wave", "number"], name="surveys_result_number")]

    def __str__(self) -> str:
        return f"{self.wave} {self.number}"
