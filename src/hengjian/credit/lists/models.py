"""Storage of list entries, and of what departments do because of them."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengjian.enterprises.models import Enterprise
from hengjian.parties.models import Region, Unit


class ListEntry(models.Model):
    """An enterprise on a list, from the decision until it leaves. What came before the decision is a case."""

    class State(models.TextChoices):
        LISTED = "listed", pgettext_lazy("list entry", "在列")
        ENDED = "ended", pgettext_lazy("list entry", "期满移出")
        REPAIRED = "repaired", pgettext_lazy("list entry", "修复移出")
        WITHDRAWN = "withdrawn", pgettext_lazy("list entry", "撤销列入")

    number = models.CharField(_("列入编号"), max_length=40, unique=True)
    kind = models.CharField(_("名单"), max_length=40)
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("企业")
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("认定机关"))
    criterion = models.CharField(_("列入情形"), max_length=40)
    ground = models.TextField(_("事实和理由"), max_length=2000)
    document = models.CharField(_("决定文号"), max_length=100)
    penalty = models.CharField(_("依据的处罚决定"), max_length=100, blank=True)
    entered_on = models.DateField(_("列入日期"))
    # From this day on repair may be applied for; the last day of publication. None: no such term.
    early_from = models.DateField(_("可申请提前移出"), null=True, blank=True)
    until = models.DateField(_("公示期至"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.LISTED)
    left_on = models.DateField(_("移出日期"), null=True, blank=True)
    left_reason = models.CharField(_("移出原因"), max_length=300, blank=True)
    case = models.CharField(_("办件"), max_length=60, blank=True)
    # The fact of the entry, and that of the credit record that stands for it.
    fact = models.UUIDField(null=True, blank=True)
    record = models.UUIDField(null=True, blank=True)

    # What is emptied when the entry leaves must not live on in the log of changes.
    audit_hidden = ("criterion", "ground", "document", "penalty", "enterprise")

    class Meta:
        ordering = ["-entered_on", "-pk"]
        verbose_name = _("名单列入")
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "kind"], condition=Q(state="listed"), name="credit_list_once")
        ]
        indexes = [
            models.Index(fields=["kind", "state", "-entered_on"], name="credit_list_public"),
            models.Index(fields=["record"], name="credit_list_record"),
            models.Index(fields=["state", "until"], name="credit_list_ending"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("credit_lists:entry", args=[self.number])

    @property
    def ref(self) -> str:
        return f"list_entry:{self.number}"

    @property
    def listed(self) -> bool:
        return self.state == self.State.LISTED


class MeasureTask(models.Model):
    """A measure that one department takes because of an entry: taken over, applied in matters, lifted."""

    class State(models.TextChoices):
        SENT = "sent", pgettext_lazy("measure", "待接收")
        TAKEN = "taken", pgettext_lazy("measure", "执行中")
        LIFTING = "lifting", pgettext_lazy("measure", "待解除")
        LIFTED = "lifted", pgettext_lazy("measure", "已解除")

    entry = models.ForeignKey(ListEntry, on_delete=models.CASCADE, related_name="tasks", verbose_name=_("名单列入"))
    measure = models.CharField(_("措施"), max_length=40)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("执行部门"))
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.SENT)
    sent_at = models.DateTimeField(_("推送时间"), default=timezone.now)
    # Last day for the receipt of the present state: taking over, or lifting.
    due = models.DateField(_("回执期限"))
    # When a late receipt was called in.
    reminded_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(_("接收时间"), null=True, blank=True)
    lifted_at = models.DateTimeField(_("解除时间"), null=True, blank=True)

    class Meta:
        ordering = ["due", "pk"]
        verbose_name = _("联合措施")
        constraints = [models.UniqueConstraint(fields=["entry", "measure", "unit"], name="credit_measure_once")]
        indexes = [models.Index(fields=["unit", "state", "due"], name="credit_measure_work")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.measure}"

    def get_absolute_url(self) -> str:
        return reverse("credit_lists:task", args=[self.pk])

    @property
    def ref(self) -> str:
        return f"measure:{self.pk}"

    @property
    def waiting(self) -> bool:
        """Whether the department has to answer."""
        return self.state in (self.State.SENT, self.State.LIFTING)

    def overdue(self, today: date) -> bool:
        """Whether a receipt is awaited and its last day has passed."""
        return self.waiting and self.due < today


class MeasureReceipt(models.Model):
    """What a department reported about a measure; never changed."""

    class Kind(models.TextChoices):
        TAKEN = "taken", pgettext_lazy("measure", "已接收")
        APPLIED = "applied", pgettext_lazy("measure", "已适用")
        LIFTED = "lifted", pgettext_lazy("measure", "已解除")

    task = models.ForeignKey(MeasureTask, on_delete=models.CASCADE, related_name="receipts")
    kind = models.CharField(_("回执"), max_length=8, choices=Kind.choices)
    # The matter in which it was applied: "某项目资格审查".
    matter = models.CharField(_("适用事项"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("措施回执")

    def __str__(self) -> str:
        return f"{self.task_id} {self.kind}"
