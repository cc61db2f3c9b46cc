"""Storage: projects, and who answers for them from when to when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.registers.models import EntryBase
from hengjian.systems.engineering.rules import Role
from hengjian.systems.engineering.words import PERSONS


class Project(EntryBase):
    """A building or civil-works project, by its permit number."""

    name = models.CharField(_("工程名称"), max_length=200)
    place = models.CharField(_("工程地址"), max_length=200, blank=True)
    kind = models.CharField(_("工程类别"), max_length=20, blank=True)
    extent = models.CharField(_("建设规模"), max_length=200, blank=True)
    cost = models.DecimalField(_("合同价"), max_digits=16, decimal_places=2, null=True, blank=True)
    design_life = models.PositiveSmallIntegerField(_("设计使用年限"), null=True, blank=True)
    started_on = models.DateField(_("开工日期"), null=True, blank=True)
    planned_end = models.DateField(_("计划竣工日期"), null=True, blank=True)
    supervised_on = models.DateField(_("办理监督手续日期"), null=True, blank=True)
    accepted_on = models.DateField(_("竣工验收日期"), null=True, blank=True)
    acceptance_tries = models.PositiveSmallIntegerField(_("验收次数"), null=True, blank=True)
    first_pass = models.BooleanField(_("一次验收合格"), null=True, blank=True)
    liable_until = models.DateField(_("终身责任至"), null=True, blank=True)
    plate_text = models.TextField(_("永久性标牌"), blank=True)
    filed_on = models.DateField(_("竣工验收备案日期"), null=True, blank=True)
    archive_number = models.CharField(_("城建档案号"), max_length=80, blank=True)

    class Meta(EntryBase.Meta):
        verbose_name = _("工程项目")
        indexes = [
            *EntryBase.Meta.indexes,
            models.Index(fields=["liable_until"], name="engineering_project_liable"),
            models.Index(fields=["accepted_on"], name="engineering_project_accepted"),
        ]


class RoleHolder(models.Model):
    """One person who answers for a project in one role, from a day to a day; never deleted.

    The identity number lies in the vault only (`identity`); names and units stand on the plate and are public by law.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="holders")
    role = models.CharField(_("责任主体"), max_length=12, choices=[(role.value, PERSONS[role]) for role in Role])
    name = models.CharField(_("姓名"), max_length=60)
    unit = models.CharField(_("单位"), max_length=200)
    unit_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    licence = models.CharField(_("执业资格证号"), max_length=60, blank=True)
    identity = models.CharField(max_length=60, blank=True)
    since = models.DateField(_("自"))
    until = models.DateField(_("至"), null=True, blank=True)
    reason = models.CharField(_("变更原因"), max_length=300, blank=True)
    # The signed commitment, the legal representative's authorisation, and when both were filed.
    signed_on = models.DateField(_("承诺书签署日期"), null=True, blank=True)
    commitment = models.CharField(_("承诺书"), max_length=80, blank=True)
    authorised_on = models.DateField(_("授权书签署日期"), null=True, blank=True)
    authorisation = models.CharField(_("授权书"), max_length=80, blank=True)
    filed_on = models.DateField(_("承诺备案日期"), null=True, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["project", "role", "since", "pk"]
        verbose_name = _("项目负责人")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "role"], condition=models.Q(until__isnull=True), name="engineering_one_holder"
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="engineering_holder_order",
            ),
        ]
        indexes = [models.Index(fields=["name"], name="engineering_holder_name")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.role} {self.name}"

    @property
    def committed(self) -> bool:
        """Signed and authorised."""
        return self.signed_on is not None and self.authorised_on is not None

    @property
    def role_label(self) -> str:
        return str(PERSONS[Role(self.role)])

    @property
    def ref(self) -> str:
        return f"holder:{self.pk}"


class AcceptanceRound(models.Model):
    """One presentation of a project for acceptance and its result; the rates are counted from these."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField(_("第几次"))
    on = models.DateField(_("验收日期"))
    passed = models.BooleanField(_("合格"))
    case = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["project", "number"]
        verbose_name = _("竣工验收")
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="engineering_round_once")]
        indexes = [models.Index(fields=["on"], name="engineering_round_on")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.number} {self.on}"
