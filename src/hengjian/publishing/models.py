"""Storage: notices with their window for objections, objections, dated snapshots of public lists."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.parties.models import Region, Unit


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices; what the public may see is decided here and nowhere else."""

    def public(self, now: datetime | None = None) -> NoticeQuerySet:
        """Published and on show at that moment: the end takes effect by itself, whether or not a worker runs."""
        now = now or timezone.now()
        on_show = Q(shown_until=None) | Q(shown_until__gt=now)
        return self.filter(on_show, state=Notice.State.PUBLISHED, published_at__lte=now)


class Notice(models.Model):
    """A public notice. Its text is frozen when it is published; the window for objections is a clock."""

    class Kind(models.TextChoices):
        PUBLICITY = "publicity", _("公示")
        ANNOUNCEMENT = "announcement", _("公告")
        LISTING = "listing", _("名单公布")
        PRAISE = "praise", _("通报表扬")
        WARNING = "warning", _("风险提示")

    class State(models.TextChoices):
        DRAFT = "draft", _("待发布")
        PUBLISHED = "published", _("公示中")
        ENDED = "ended", _("已期满")
        WITHDRAWN = "withdrawn", _("已撤下")

    kind = models.CharField(_("类型"), max_length=12, choices=Kind.choices, default=Kind.PUBLICITY)
    # What it is about: "application:12", "entry:gi:5"; the room that asked for it finds it by this.
    subject = models.CharField(_("事项"), max_length=100, blank=True)
    title = models.CharField(_("标题"), max_length=200)
    body = models.TextField(_("正文"))
    contact = models.CharField(_("联系方式"), max_length=200, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("发布单位"))
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    # Variant of the rulebook family `terms` for its period; or its last day; or neither: shown until withdrawn.
    term = models.CharField(_("公示期限"), max_length=60, blank=True)
    until = models.DateField(_("公示至"), null=True, blank=True)
    objections_open = models.BooleanField(_("接受异议"), default=True)
    # An announcement stays on show when the period for objections is over.
    stays = models.BooleanField(_("期满后继续展示"), default=False)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.DRAFT)
    sha256 = models.CharField(_("内容摘要"), max_length=64, blank=True)
    objections_until = models.DateField(_("异议截止"), null=True, blank=True)
    # First moment at which it is no longer shown.
    shown_until = models.DateTimeField(_("撤下时间"), null=True, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("拟稿时间"), default=timezone.now)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    withdrawn_for = models.CharField(_("撤下原因"), max_length=300, blank=True)
    fact = models.UUIDField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("公示公告")
        constraints = [
            models.CheckConstraint(
                condition=Q(term="") | Q(until=None),
                name="publishing_notice_period",
                violation_error_message=_("公示期限和截止日期只能填一项。"),
            )
        ]
        ordering = ["-published_at", "-written_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "-published_at"]),
            models.Index(fields=["unit", "state"]),
            models.Index(fields=["subject"]),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("publishing:notice", args=[self.pk])

    @property
    def ref(self) -> str:
        """How facts, clocks and files refer to it."""
        return f"notice:{self.pk}"

    def on_show(self, now: datetime | None = None) -> bool:
        """The same decision as `NoticeQuerySet.public`, for one row."""
        now = now or timezone.now()
        published = self.state == self.State.PUBLISHED and self.published_at is not None and self.published_at <= now
        return published and (self.shown_until is None or self.shown_until > now)

    def takes_objections(self, now: datetime | None = None) -> bool:
        today = timezone.localdate(now)
        return self.on_show(now) and self.objections_until is not None and today <= self.objections_until


class Objection(models.Model):
    """What somebody has against a notice. Who it is lies in the vault; the text is for the office only."""

    class State(models.TextChoices):
        FILED = "filed", _("待处理")
        UPHELD = "upheld", _("异议成立")
        PARTLY = "partly", _("部分成立")
        REJECTED = "rejected", _("异议不成立")

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="objections", verbose_name=_("公示"))
    number = models.CharField(_("异议编号"), max_length=40, unique=True)
    # Hash of the code that lets the objector follow it.
    code_hash = models.CharField(max_length=64)
    text = models.TextField(_("异议内容"))
    identity = models.CharField(max_length=80, blank=True)
    filer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    filed_at = models.DateTimeField(_("提出时间"), default=timezone.now)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.FILED)
    answer = models.TextField(_("处理意见"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("处理时间"), null=True, blank=True)

    audit_hidden = frozenset({"text", "identity", "code_hash"})

    class Meta:
        verbose_name = _("异议")
        ordering = ["-filed_at", "-pk"]
        indexes = [models.Index(fields=["notice", "state"])]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("publishing:objection", args=[self.pk])

    @property
    def ref(self) -> str:
        return f"objection:{self.pk}"


class ListSnapshot(models.Model):
    """A public list as it stood on a day. Rows are stored as the public sees them, masked, each with the salt of its
    hash: `{"values": {…}, "salt": …}`; a row that left the list later is shown as its hash alone, and stored so where
    what it said was sealed (`forgetting`)."""

    class State(models.TextChoices):
        PREPARED = "prepared", _("待公布")
        PUBLISHED = "published", _("已公布")
        DROPPED = "dropped", _("已放弃")

    code = models.CharField(_("名单"), max_length=60)
    title = models.CharField(_("名称"), max_length=200)
    as_of = models.DateField(_("截至"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("公布单位"))
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    columns = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    count = models.PositiveIntegerField(_("条数"), default=0)
    sha256 = models.CharField(_("内容摘要"), max_length=64)
    previous = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("上一期")
    )
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.PREPARED)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    prepared_at = models.DateTimeField(_("生成时间"), default=timezone.now)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(_("公布时间"), null=True, blank=True)
    fact = models.UUIDField(null=True, blank=True)

    class Meta:
        verbose_name = _("名单快照")
        ordering = ["-as_of", "-pk"]
        indexes = [models.Index(fields=["code", "state", "-as_of"]), models.Index(fields=["unit", "state"])]

    def __str__(self) -> str:
        return f"{self.title} {self.as_of}"

    def get_absolute_url(self) -> str:
        return reverse("publishing:snapshot", args=[self.pk])

    @property
    def ref(self) -> str:
        return f"snapshot:{self.pk}"
