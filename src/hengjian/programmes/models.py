"""Storage: editions, applications, panels, reviews. The same tables serve every programme."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.cases.models import Case
from hengjian.parties.models import Region, Unit


class Edition(models.Model):
    """One call of a programme (第五届, 2026 年度) with its dates, quota, panel and result."""

    class State(models.TextChoices):
        DRAFT = "draft", _("拟稿")
        OPEN = "open", _("征集与评审")
        NOTICE = "notice", _("公示")
        DECIDED = "decided", _("已审定")

    programme = models.CharField(_("项目"), max_length=60)
    programme_version = models.PositiveIntegerField(default=1)
    title = models.CharField(_("届次"), max_length=120)
    year = models.PositiveIntegerField(_("年度"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("组织单位"))
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.DRAFT)
    opens_on = models.DateField(_("申报开始"))
    closes_on = models.DateField(_("申报截止"))
    # Most that may be chosen; null: no limit. The line is a total, null: none.
    quota = models.PositiveIntegerField(_("名额"), null=True, blank=True)
    line = models.DecimalField(_("入选线"), max_digits=8, decimal_places=2, null=True, blank=True)
    call = models.TextField(_("申报通知"), blank=True)
    contact = models.CharField(_("咨询电话"), max_length=60, blank=True)
    # Stage → [first day, last day], as announced; for the calendar of the page.
    calendar = models.JSONField(default=dict, blank=True)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    # Who ranked the applications; the list is published and approved by others.
    ranked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ranked_at = models.DateTimeField(_("汇总时间"), null=True, blank=True)
    # The list of those put forward, in public notice; a row of `publishing`.
    notice = models.BigIntegerField(null=True, blank=True)
    notice_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    notice_from = models.DateField(_("公示开始"), null=True, blank=True)
    notice_to = models.DateField(_("公示截止"), null=True, blank=True)
    decided_on = models.DateField(_("审定日期"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decision = models.CharField(_("审定文号"), max_length=80, blank=True)
    decision_note = models.CharField(_("审定说明"), max_length=500, blank=True)

    class Meta:
        ordering = ["-year", "-opens_on", "-pk"]
        verbose_name = _("届次")
        constraints = [
            models.UniqueConstraint(fields=["programme", "unit", "title"], name="programmes_edition_once"),
            models.CheckConstraint(
                condition=models.Q(closes_on__gte=models.F("opens_on")),
                name="programmes_edition_window",
                violation_error_message=_("申报截止早于申报开始。"),
            ),
        ]
        indexes = [models.Index(fields=["programme", "state", "opens_on"], name="programmes_ed_state")]

    def __str__(self) -> str:
        return self.title

    @property
    def ref(self) -> str:
        """How files, notices and sheets refer to it."""
        return f"edition:{self.pk}"

    def takes_applications(self, on: date) -> bool:
        """Whether the call is out and the day lies within its window."""
        return self.state == self.State.OPEN and self.opens_on <= on <= self.closes_on


class Application(models.Model):
    """One application to an edition: a draft until it is handed in, then a case; with what the panels made of it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("已提交")

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="applications")
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.DRAFT)
    case = models.OneToOneField(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="application")
    # Who applies: the unit of an enterprise, a government, or the office that enters it for somebody.
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("申报单位"))
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    holder = models.CharField(_("申报对象"), max_length=200, blank=True)
    holder_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    # What has been filled in so far, as typed; the case holds the checked values once it is handed in.
    draft = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    # [{code, met, values, note}]: the conditions, and what an officer said about those that cannot be told.
    findings = models.JSONField(default=list, blank=True)
    total = models.DecimalField(_("总分"), max_digits=8, decimal_places=2, null=True, blank=True)
    rank = models.PositiveIntegerField(_("名次"), null=True, blank=True)
    # Place that the panel's vote gave among equals, or the order where there are no panels.
    vote = models.PositiveIntegerField(_("表决名次"), null=True, blank=True)
    chosen = models.BooleanField(_("拟入选"), null=True, blank=True)
    level = models.CharField(_("等次"), max_length=60, blank=True)
    # The entry of the register that the award made.
    register = models.CharField(max_length=60, blank=True)
    entry = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["edition", "rank", "pk"]
        verbose_name = _("申报")
        indexes = [
            models.Index(fields=["edition", "state", "rank"], name="programmes_app_rank"),
            models.Index(fields=["unit", "state"], name="programmes_app_unit"),
            models.Index(fields=["register", "entry"], name="programmes_app_entry"),
            models.Index(fields=["holder_code"], name="programmes_app_holder"),
        ]

    def __str__(self) -> str:
        return self.holder or str(_("未命名的申报"))

    @property
    def ref(self) -> str:
        """How files and sheets refer to it."""
        return f"application:{self.pk}"


class PanelMember(models.Model):
    """Somebody who reviews applications of an edition; `stage` empty: in every stage."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="panel")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("评审员")
    )
    stage = models.CharField(_("阶段"), max_length=20, blank=True)
    chair = models.BooleanField(_("组长"), default=False)
    field = models.CharField(_("专业"), max_length=80, blank=True)

    class Meta:
        ordering = ["stage", "-chair", "pk"]
        verbose_name = _("评审员")
        constraints = [models.UniqueConstraint(fields=["edition", "user", "stage"], name="programmes_member_once")]

    def __str__(self) -> str:
        return str(self.user)


class Review(models.Model):
    """One member's opinion on one application in one stage."""

    class State(models.TextChoices):
        ASSIGNED = "assigned", _("待评审")
        RECUSED = "recused", _("已回避")
        SUBMITTED = "submitted", _("已提交")

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="reviews")
    stage = models.CharField(_("阶段"), max_length=20)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("评审员")
    )
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.ASSIGNED)
    # The member declared to have no interest before opening the papers.
    declared_at = models.DateTimeField(null=True, blank=True)
    interest = models.CharField(_("回避事由"), max_length=200, blank=True)
    total = models.DecimalField(_("得分"), max_digits=8, decimal_places=2, null=True, blank=True)
    opinion = models.TextField(_("评审意见"), blank=True)
    assigned_at = models.DateTimeField(default=timezone.now)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["application", "stage", "pk"]
        verbose_name = _("评审")
        constraints = [
            models.UniqueConstraint(fields=["application", "stage", "user"], name="programmes_review_once"),
            models.CheckConstraint(
                condition=~models.Q(state="submitted") | models.Q(total__isnull=False),
                name="programmes_review_submitted_has_total",
            ),
        ]
        indexes = [models.Index(fields=["user", "state"], name="programmes_my_reviews")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.stage} {self.user_id}"

    @property
    def ref(self) -> str:
        return f"review:{self.pk}"


class StageResult(models.Model):
    """What a stage came to for an application: the mean of the opinions, or the figure that the panel agreed on."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="results")
    stage = models.CharField(_("阶段"), max_length=20)
    mean = models.DecimalField(_("平均分"), max_digits=8, decimal_places=2)
    opinions = models.PositiveIntegerField(_("评审意见数"))
    # Set where members lay too far apart and the panel settled it.
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(_("合议说明"), max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["application", "at"]
        verbose_name = _("阶段结果")
        constraints = [models.UniqueConstraint(fields=["application", "stage"], name="programmes_result_once")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.stage} {self.mean}"
