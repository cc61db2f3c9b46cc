"""Who wants to hear of which enterprises, what they were told and whether they confirmed, screenings, use of the
interface."""

from __future__ import annotations

import secrets
import uuid

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengjian.enterprises.models import Enterprise
from hengjian.parties.models import Region, Unit, User


class Event(models.TextChoices):
    """What a subscriber can hear of. Those in `STOPS` come to everybody who watches the enterprise."""

    PENALTY = "penalty", _("新增行政处罚")
    PERMIT = "permit", _("新增行政许可")
    LISTED = "listed", _("列入名单")
    RECORD = "record", _("其他新增信用记录")
    REPAIR = "repair", _("信用修复")
    EXPIRY = "expiry", _("公示期满")
    WITHDRAWAL = "withdrawal", _("决定被撤销")
    SHIELD = "shield", _("临时屏蔽")
    RESTORED = "restored", _("恢复公示")
    GRADE = "grade", _("等级变化")
    NAME = "name", _("名称变更")


#: After these the subscriber must stop showing and using what it holds, and confirm that it has.
STOPS = (Event.REPAIR, Event.EXPIRY, Event.WITHDRAWAL, Event.SHIELD)


def new_secret() -> str:
    return secrets.token_urlsafe(32)


class Subscription(models.Model):
    """A unit watches enterprises: those of its portfolio, or all that a filter describes."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("订阅单位"))
    title = models.CharField(_("名称"), max_length=80)
    purpose = models.CharField(_("用途"), max_length=200)
    events = models.JSONField(_("事项"), default=list)
    # A filter instead of a portfolio: a region and what lies in it, a kind of body.
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区")
    )
    kind = models.CharField(_("主体类别"), max_length=16, choices=Enterprise.Kind.choices, blank=True)
    url = models.CharField(_("接收地址"), max_length=500, blank=True)
    secret = models.CharField(max_length=64, default=new_secret)
    active = models.BooleanField(_("启用"), default=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("创建时间"), default=timezone.now)

    audit_hidden = ("secret",)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("订阅")
        indexes = [models.Index(fields=["unit", "active"], name="credit_subscription_unit")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("credit_sharing:subscription", args=[self.key])

    @property
    def ref(self) -> str:
        return f"credit_subscription:{self.key.hex}"

    @property
    def by_filter(self) -> bool:
        """Whether it watches whatever the filter describes, instead of a list of enterprises."""
        return self.region_id is not None


class Watched(models.Model):
    """One enterprise of a portfolio."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="portfolio")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+", verbose_name=_("企业"))
    # As the subscriber knows it; a change of name is told once.
    name = models.CharField(max_length=200)
    since = models.DateTimeField(_("加入时间"), default=timezone.now)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("关注企业")
        constraints = [models.UniqueConstraint(fields=["subscription", "enterprise"], name="credit_watched_once")]

    def __str__(self) -> str:
        return self.name


class Alert(models.Model):
    """One event that a subscriber is told of. Keeps references only: what a record says is read when it is shown or
    sent, so that nothing of a sealed record is left here."""

    class Sending(models.TextChoices):
        NONE = "none", pgettext_lazy("推送", "站内")
        WAITING = "waiting", pgettext_lazy("推送", "待推送")
        SENT = "sent", pgettext_lazy("推送", "已送达")
        DEAD = "dead", pgettext_lazy("推送", "推送失败")

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="alerts")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+", verbose_name=_("企业"))
    event = models.CharField(_("事项"), max_length=12, choices=Event.choices)
    # Key of the credit record, where it is about one; else what happened ("2026-10", the new name).
    record = models.UUIDField(null=True)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(_("时间"), default=timezone.now)
    # Last day for confirming that the record is neither shown nor used any more.
    due = models.DateField(_("回执期限"), null=True)
    confirmed_at = models.DateTimeField(_("回执时间"), null=True)
    confirmed_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("回执人")
    )
    receipt = models.CharField(_("回执说明"), max_length=200, blank=True)
    sending = models.CharField(_("推送状态"), max_length=8, choices=Sending.choices, default=Sending.NONE)
    attempts = models.PositiveSmallIntegerField(_("推送次数"), default=0)
    next_at = models.DateTimeField(_("下次推送"), null=True)
    answer = models.CharField(_("对方应答"), max_length=300, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("订阅消息")
        constraints = [
            models.UniqueConstraint(fields=["subscription", "event", "record", "note"], name="credit_alert_once")
        ]
        indexes = [
            models.Index(fields=["subscription", "-at"], name="credit_alert_newest"),
            models.Index(fields=["next_at"], condition=models.Q(sending="waiting"), name="credit_alert_waiting"),
            models.Index(
                fields=["due"],
                condition=models.Q(due__isnull=False, confirmed_at__isnull=True),
                name="credit_alert_due",
            ),
            models.Index(fields=["record"], name="credit_alert_record"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.key}"

    @property
    def ref(self) -> str:
        return f"credit_alert:{self.key.hex}"


class Screening(models.Model):
    """A list of bodies that a unit has compared with the register; worked off portion by portion."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("比对", "排队中")
        RUNNING = "running", pgettext_lazy("比对", "比对中")
        DONE = "done", pgettext_lazy("比对", "已完成")
        FAILED = "failed", pgettext_lazy("比对", "失败")

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("单位"))
    title = models.CharField(_("名称"), max_length=120)
    purpose = models.CharField(_("用途"), max_length=200)
    # [{name, code, region, address}, …] and, row by row, the candidates found.
    rows = models.JSONField(default=list)
    answers = models.JSONField(default=list)
    total = models.PositiveIntegerField(_("行数"), default=0)
    done = models.PositiveIntegerField(_("已比对"), default=0)
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.WAITING)
    lease = models.DateTimeField(null=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("提交时间"), default=timezone.now)
    finished_at = models.DateTimeField(_("完成时间"), null=True)

    audit_hidden = ("rows", "answers")

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("批量比对")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("credit_sharing:screening", args=[self.key])

    @property
    def ref(self) -> str:
        return f"credit_screening:{self.key.hex}"


class Use(models.Model):
    """What one caller used in one hour: how many requests, how many different enterprises, how often refused."""

    # "token:<prefix>", "user:<id>" or a keyed mark of an address, of which nothing else is kept.
    caller = models.CharField(_("调用方"), max_length=60)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("单位"))
    hour = models.DateTimeField(_("时段"))
    requests = models.PositiveIntegerField(_("请求数"), default=0)
    # Numbers of the enterprises seen, up to the limit.
    seen = models.JSONField(default=list)
    subjects = models.PositiveIntegerField(_("涉及企业数"), default=0)
    refused = models.PositiveIntegerField(_("拒绝次数"), default=0)
    first_refused_at = models.DateTimeField(_("首次拒绝"), null=True)

    class Meta:
        ordering = ["-hour", "-subjects"]
        verbose_name = _("查询用量")
        constraints = [models.UniqueConstraint(fields=["caller", "hour"], name="credit_use_once")]
        indexes = [models.Index(fields=["-hour"], name="credit_use_hour")]

    def __str__(self) -> str:
        return f"{self.caller} {self.hour:%Y-%m-%d %H}"


class Progress(models.Model):
    """How far the log was read."""

    name = models.CharField(max_length=40, unique=True)
    next = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.next}"
