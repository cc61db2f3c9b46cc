"""Storage: cases, what happened in them, where they were sent."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.parties.models import Confidentiality, Region, Unit


class Case(models.Model):
    """One case of a declared type. State, outcome and clock codes are those of `type` in `type_version`."""

    type = models.CharField(_("类型"), max_length=60)
    type_version = models.PositiveIntegerField(_("类型版本"))
    number = models.CharField(_("编号"), max_length=60, unique=True)
    title = models.CharField(_("事由"), max_length=200)
    # Day whose rules hold for the whole case (default: the day it was opened).
    rules_on = models.DateField(_("适用规则日期"))
    opened_at = models.DateTimeField(_("登记时间"))
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=60)
    state_since = models.DateTimeField(_("进入状态"))
    outcome = models.CharField(_("结果"), max_length=60, blank=True)
    outcome_code = models.CharField(_("结果代码"), max_length=60, blank=True)
    # The unit that handles it now; the person, where one has taken it.
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("承办单位"))
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Who filed it: a signed-in citizen, the unit of an enterprise; otherwise only number and code know.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    filer = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("申报单位")
    )
    confidentiality = models.PositiveSmallIntegerField(
        _("公开范围"), choices=Confidentiality.choices, default=Confidentiality.INTERNAL
    )
    # What it is about ("enterprise:…", "entry:lift:7"), and what it came from ("ticket:12").
    subject = models.CharField(_("主体"), max_length=100, blank=True)
    origin = models.CharField(_("来源"), max_length=100, blank=True)
    category = models.CharField(_("类别"), max_length=60, blank=True)
    channel = models.CharField(_("渠道"), max_length=40, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    # Declared fields as JSON values; personal ones as vault references.
    data = models.JSONField(default=dict)
    # Vault reference of the person who filed it.
    identity = models.CharField(max_length=60, blank=True)
    # Hash of the code that, with the number, opens the public tracking page.
    tracking = models.CharField(max_length=128, blank=True)
    # The clock that is shown: its purpose and due moment, kept by the actions for sorting and filtering.
    clock = models.CharField(max_length=60, blank=True)
    due_at = models.DateTimeField(_("期限"), null=True, blank=True)
    paused = models.BooleanField(_("已中止"), default=False)
    rating = models.PositiveSmallIntegerField(_("满意度"), null=True, blank=True)
    rating_note = models.CharField(max_length=500, blank=True)
    # One form sent twice makes one case.
    token = models.CharField(max_length=64, null=True, blank=True, unique=True)
    version = models.PositiveIntegerField(default=1)

    # Who filed it stands in the vault; what it says about people, in the case only.
    audit_hidden = ("tracking", "token", "identity", "data", "title", "rating_note")

    class Meta:
        ordering = ["-opened_at", "-pk"]
        verbose_name = _("办件")
        indexes = [
            models.Index(fields=["type", "unit", "state", "due_at"], name="cases_unit"),
            # With secrecy, so that a region's cases are counted from the index alone.
            models.Index(fields=["type", "region", "confidentiality", "state", "opened_at"], name="cases_region"),
            models.Index(fields=["type", "state", "region", "confidentiality", "opened_at"], name="cases_state"),
            models.Index(fields=["type", "opened_at"], name="cases_newest"),
            models.Index(fields=["unit", "closed_at", "due_at"], name="cases_inbox"),
            models.Index(fields=["handler", "closed_at", "due_at"], name="cases_mine"),
            models.Index(fields=["subject"], name="cases_subject"),
            models.Index(fields=["origin"], name="cases_origin"),
            models.Index(fields=["owner"], name="cases_owner"),
            models.Index(fields=["filer"], name="cases_filer"),
            models.Index(fields=["-opened_at"], name="cases_opened"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rating__isnull=True) | models.Q(rating__range=(1, 5)), name="cases_rating_range"
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True) | ~models.Q(outcome=""), name="cases_closed_has_outcome"
            ),
        ]

    def __str__(self) -> str:
        # Also stands in the log, where the matter of a sensitive case has no place.
        return self.number if self.confidentiality >= Confidentiality.SENSITIVE else f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("cases:case", args=[self.pk])

    @property
    def ref(self) -> str:
        """How clocks, files, documents and facts refer to it."""
        return f"case:{self.pk}"


class CaseEvent(models.Model):
    """What happened, in order; never changed. `occurred_at` may lie before `recorded_at`, not before the last event."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("登记")
        STEP = "step", _("办理")
        NOTE = "note", _("记录")
        TRANSFER = "transfer", _("转办")
        CLOCK = "clock", _("时限")
        RELATION = "relation", _("关联")
        DOCUMENT = "document", _("文书")
        REOPENED = "reopened", _("重新办理")
        RATED = "rated", _("评价")
        CHANGED = "changed", _("更正")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # Transition code, or what was done ("send", "accept", "return", "pause", "split" …).
    code = models.CharField(max_length=60)
    occurred_at = models.DateTimeField(_("发生时间"))
    recorded_at = models.DateTimeField(_("记录时间"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # "worker", "open311", "import" …, where no person acted; "filer" for the one who filed it, without a name.
    system = models.CharField(max_length=60, blank=True)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    old_state = models.CharField(max_length=60, blank=True)
    new_state = models.CharField(max_length=60, blank=True)
    outcome_code = models.CharField(max_length=60, blank=True)
    note = models.TextField(_("说明"), blank=True)
    public = models.BooleanField(_("申请人可见"), default=False)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["case", "number"]
        verbose_name = _("办理记录")
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="cases_event_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.number} {self.code}"


class Transfer(models.Model):
    """A case sent from one unit to another, with what came back."""

    class State(models.TextChoices):
        SENT = "sent", _("待接收")
        ACCEPTED = "accepted", _("已接收")
        REFUSED = "refused", _("已退回")
        ANSWERED = "answered", _("已反馈")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="transfers")
    sender = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("转出单位"))
    receiver = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("接收单位"))
    reason = models.CharField(_("理由"), max_length=500)
    # How the receiver was found, when the system proposed it; shown to both.
    basis = models.CharField(_("依据"), max_length=300, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.SENT)
    sent_at = models.DateTimeField(_("转出时间"))
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Reason of a refusal, or the feedback.
    answer = models.CharField(_("反馈"), max_length=1000, blank=True)
    # The receiver answers for the case from now on; otherwise the sender does and waits for feedback.
    hands_over = models.BooleanField(default=True)

    class Meta:
        ordering = ["sent_at", "pk"]
        verbose_name = _("转办")
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(state="sent"), name="cases_one_transfer_under_way"
            )
        ]
        indexes = [models.Index(fields=["receiver", "state"])]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.receiver_id}"

    @property
    def ref(self) -> str:
        return f"transfer:{self.pk}"


class IssuedPaper(models.Model):
    """A document issued in a case: its number, the file, and how it reached whom it is for."""

    class Delivery(models.TextChoices):
        HAND = "hand", _("直接送达")
        POST = "post", _("邮寄送达")
        ONLINE = "online", _("网上送达")
        LEFT = "left", _("留置送达")
        PUBLIC = "public", _("公告送达")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="papers")
    event = models.ForeignKey(CaseEvent, on_delete=models.PROTECT, related_name="papers")
    # Code of the template (`cases.papers`).
    template = models.CharField(max_length=60)
    title = models.CharField(_("标题"), max_length=200)
    number = models.CharField(_("文号"), max_length=80, blank=True)
    # Key and address of the stored file.
    file = models.BigIntegerField()
    address = models.CharField(max_length=80)
    issued_on = models.DateField(_("日期"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Whether it is meant for whoever filed the case, who may then download it.
    for_filer = models.BooleanField(_("申请人可见"), default=False)
    delivered_on = models.DateField(_("送达日期"), null=True, blank=True)
    delivery = models.CharField(_("送达方式"), max_length=10, choices=Delivery.choices, blank=True)
    delivery_note = models.CharField(_("送达情况"), max_length=300, blank=True)

    class Meta:
        ordering = ["issued_on", "pk"]
        verbose_name = _("办件文书")

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()


class CaseLink(models.Model):
    """Two cases that have to do with each other; stored once, read both ways."""

    class Kind(models.TextChoices):
        RELATED = "related", _("相关")
        SPLIT = "split", _("拆分")
        MERGED = "merged", _("并案")
        ARISEN = "arisen", _("由其引起")

    first = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links_out")
    second = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links_in")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.RELATED)
    reason = models.CharField(_("说明"), max_length=300, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second", "kind"], name="cases_link_once"),
            models.CheckConstraint(condition=~models.Q(first=models.F("second")), name="cases_link_other"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} {self.kind} {self.second_id}"


class NumberCounter(models.Model):
    """The running number of one numbering series ("complaint:2026:990100")."""

    series = models.CharField(max_length=120, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series} {self.last}"
