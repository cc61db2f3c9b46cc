"""Storage: the intake. One ticket (what came in, by whichever line) opens one or several cases of `hengjian.cases`."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.parties.models import Confidentiality, Region, Unit


class Ticket(models.Model):
    """What came in. Its cases name it as their origin (`ticket:12`) and hold who filed it, sealed in the vault.

    `content` and `title` are kept with telephone numbers, identity numbers and the person's own name covered; the words
    as they were given lie beside the identity in the vault. Region, unit and state follow the cases.
    """

    class State(models.TextChoices):
        OPEN = "open", _("办理中")
        DONE = "done", _("已办结")
        JOINED = "joined", _("已并入")

    number = models.CharField(_("工单编号"), max_length=40, unique=True)
    # Code in the rulebook family `channels`; the number that the line itself gave, once per line.
    channel = models.CharField(_("渠道"), max_length=20)
    source_number = models.CharField(_("来源编号"), max_length=60, blank=True, db_index=True)
    received_at = models.DateTimeField(_("接收时间"))
    registered_at = models.DateTimeField(_("登记时间"), default=timezone.now)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.OPEN)
    # Code in the rulebook family `complaint_categories`; kinds of the cases it was taken apart into.
    category = models.CharField(_("类别"), max_length=40)
    kinds = models.JSONField(_("办理类型"), default=list)
    title = models.CharField(_("事由"), max_length=200)
    content = models.TextField(_("内容"))
    occurred_on = models.DateField(_("发生日期"), null=True, blank=True)
    claims = models.JSONField(_("请求"), default=list, blank=True)
    amount = models.DecimalField(_("争议金额"), max_digits=14, decimal_places=2, null=True, blank=True)
    # Whom it is about.
    respondent_name = models.CharField(_("被投诉举报对象"), max_length=200, blank=True)
    respondent_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    respondent_address = models.CharField(_("对象地址"), max_length=300, blank=True)
    # Name or code in the form in which repeated intake is looked for.
    respondent_key = models.CharField(max_length=120, blank=True)
    platform = models.CharField(_("交易平台"), max_length=100, blank=True)
    # Null: not a platform shop, or not known.
    shop_published = models.BooleanField(_("店铺公示有效地址"), null=True, blank=True)
    # Region codes by what they are: operation, domicile, platform, act.
    places = models.JSONField(default=dict, blank=True)
    address = models.CharField(_("地点"), max_length=300, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=6, null=True, blank=True)
    # Where it is handled: the competent region and unit, why (sentences), and who chose otherwise.
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("管辖地区"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("承办单位"))
    # The unit whose desk took it; it keeps sight of what it passed on.
    desk = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("登记单位")
    )
    routing = models.JSONField(default=list, blank=True)
    routed_otherwise = models.CharField(_("改派理由"), max_length=300, blank=True)
    publish_consent = models.BooleanField(_("同意公示投诉信息"), default=False)
    entrust_consent = models.BooleanField(_("同意委托调解"), default=False)
    anonymous = models.BooleanField(_("匿名"), default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    joined_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="joined")
    batch = models.ForeignKey("TicketBatch", null=True, blank=True, on_delete=models.PROTECT, related_name="tickets")
    # A ticket with a report in it is for those only who may see reports.
    confidentiality = models.PositiveSmallIntegerField(
        _("公开范围"), choices=Confidentiality.choices, default=Confidentiality.INTERNAL
    )
    # One form sent twice makes one ticket.
    token = models.CharField(max_length=64, null=True, blank=True, unique=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-received_at", "-pk"]
        verbose_name = _("诉求工单")
        indexes = [
            models.Index(fields=["-received_at"], name="ticket_received"),
            # With everything that one may filter by, so that a unit's and a region's tickets are counted from the
            # index alone.
            models.Index(
                fields=["unit", "desk", "confidentiality", "state", "category", "channel", "received_at"],
                name="ticket_unit",
            ),
            models.Index(
                fields=["region", "confidentiality", "state", "category", "channel", "received_at"],
                name="ticket_region",
            ),
            models.Index(fields=["category", "-received_at"], name="ticket_category"),
            models.Index(fields=["channel", "-received_at"], name="ticket_channel"),
            models.Index(fields=["state", "-received_at"], name="ticket_state"),
            models.Index(fields=["desk", "-received_at"], name="ticket_desk"),
            models.Index(fields=["respondent_key", "-received_at"], name="ticket_respondent"),
            models.Index(fields=["owner"], name="ticket_owner"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "source_number"], condition=~models.Q(source_number=""), name="ticket_source_once"
            ),
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="ticket_point",
            ),
            models.CheckConstraint(
                condition=models.Q(joined_to__isnull=True) | ~models.Q(joined_to=models.F("pk")),
                name="ticket_joined_other",
            ),
        ]

    audit_hidden = ("content", "token")

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def ref(self) -> str:
        """How cases, files and facts refer to it."""
        return f"ticket:{self.pk}"


class TicketBatch(models.Model):
    """One sheet of a line. The worker checks and imports long ones; `done` says how far it has come."""

    class State(models.TextChoices):
        CHECKING = "checking", _("核对中")
        CHECKED = "checked", _("待确认")
        IMPORTING = "importing", _("导入中")
        DONE = "done", _("已导入")
        UNDOING = "undoing", _("正在撤销")
        UNDONE = "undone", _("已撤销")
        FAILED = "failed", _("无法读取")

    # States in which the machine has the next step.
    AT_WORK = (State.CHECKING, State.IMPORTING, State.UNDOING)

    channel = models.CharField(_("渠道"), max_length=20)
    name = models.CharField(_("文件"), max_length=200)
    # The stored sheet (documents.StoredFile).
    file = models.PositiveBigIntegerField()
    at = models.DateTimeField(_("上传时间"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("导入单位"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.CHECKING)
    rows = models.PositiveIntegerField(_("行数"), default=0)
    new = models.PositiveIntegerField(_("新增"), default=0)
    known = models.PositiveIntegerField(_("已有"), default=0)
    wrong = models.PositiveIntegerField(_("有误"), default=0)
    done = models.PositiveIntegerField(_("已处理"), default=0)
    message = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("导入批次")
        indexes = [models.Index(fields=["state"], name="ticketbatch_state")]

    audit_hidden = ("message",)

    def __str__(self) -> str:
        return f"{self.channel} {self.name}"

    @property
    def ref(self) -> str:
        return f"ticketbatch:{self.pk}"
