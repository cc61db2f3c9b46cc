"""Storage: lifts, what was done to them, rescues with every dispatch, what insurance covers and has paid."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengjian.cases.models import Case
from hengjian.parties.models import Region, Unit
from hengjian.registers.models import EntryBase


class Lift(EntryBase):
    """A lift by its 96333 code, which is unique within its city (`key_scope`)."""

    site = models.CharField(_("安装位置"), max_length=200)
    place = models.CharField(_("地址"), max_length=200, blank=True)
    place_kind = models.CharField(_("场所"), max_length=20, blank=True)
    point = models.CharField(_("坐标"), max_length=40, blank=True)
    area_kind = models.CharField(_("所在区域"), max_length=10, blank=True)
    kind = models.CharField(_("品种"), max_length=20, blank=True)
    stops = models.PositiveSmallIntegerField(_("层站数"), null=True, blank=True)
    maker = models.CharField(_("制造单位"), max_length=200, blank=True)
    use_unit = models.CharField(_("使用单位"), max_length=200, blank=True)
    use_unit_code = models.CharField(max_length=18, blank=True)
    maint_unit = models.CharField(_("维护保养单位"), max_length=200, blank=True)
    maint_unit_code = models.CharField(max_length=18, blank=True)
    # The maintainer's account here, found by its code; its people record maintenance and may see the lift.
    maintainer = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    install_inspected_on = models.DateField(_("安装监督检验日期"), null=True, blank=True)
    inspection_base = models.DateField(_("检验周期起点"), null=True, blank=True)
    inspection_counted = models.DateField(null=True, blank=True)
    last_inspected_on = models.DateField(_("最近检验日期"), null=True, blank=True)
    next_inspection = models.DateField(_("下次检验"), null=True, blank=True)
    last_self_test_on = models.DateField(_("最近自行检测"), null=True, blank=True)
    next_self_test = models.DateField(_("下次自行检测"), null=True, blank=True)
    last_maintained_on = models.DateField(_("最近维护保养"), null=True, blank=True)
    next_maintenance = models.DateField(_("下次维护保养"), null=True, blank=True)
    insured_until = models.DateField(_("责任保险至"), null=True, blank=True)

    class Meta(EntryBase.Meta):
        verbose_name = _("电梯")
        indexes = [
            *EntryBase.Meta.indexes,
            # With all that decides who sees a lift: nearly every lift may be overdue, and then they are counted and
            # sorted from the index alone.
            models.Index(
                fields=[
                    "status",
                    "next_maintenance",
                    "key",
                    "region",
                    "confidentiality",
                    "unit",
                    "maintainer",
                    "filer",
                    "register",
                ],
                name="equipment_lift_maint",
            ),
            models.Index(fields=["status", "next_inspection"], name="equipment_lift_insp"),
            models.Index(fields=["status", "insured_until"], name="equipment_lift_ins"),
            models.Index(fields=["maintainer", "next_maintenance"], name="equipment_lift_by"),
            models.Index(fields=["key"], name="equipment_lift_code"),
        ]


class LiftCheck(models.Model):
    """An inspection, supervision inspection or self-test of a lift. Never changed; a wrong one is withdrawn."""

    class Kind(models.TextChoices):
        PERIODIC = "periodic", _("定期检验")
        ALTERATION = "alteration", _("改造监督检验")
        MAJOR_REPAIR = "major_repair", _("重大修理监督检验")
        RESTART = "restart", _("停用一年以上重启检验")
        SELF_TEST = "self_test", _("自行检测")

    lift = models.ForeignKey(Lift, on_delete=models.CASCADE, related_name="checks")
    kind = models.CharField(_("检验类别"), max_length=12, choices=Kind.choices)
    on = models.DateField(_("检验日期"))
    passed = models.BooleanField(_("合格"))
    body = models.CharField(_("检验检测机构"), max_length=200, blank=True)
    report = models.CharField(_("报告编号"), max_length=60, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-on", "-pk"]
        verbose_name = _("电梯检验")
        constraints = [models.UniqueConstraint(fields=["lift", "kind", "on"], name="equipment_check_once")]

    def __str__(self) -> str:
        return f"{self.lift_id} {self.kind} {self.on}"


class Maintenance(models.Model):
    """One maintenance of one lift, as its maintainer recorded it on the spot."""

    class Kind(models.TextChoices):
        HALF_MONTH = "half_month", _("半月维护保养")
        QUARTER = "quarter", _("季度维护保养")
        HALF_YEAR = "half_year", _("半年维护保养")
        YEAR = "year", _("年度维护保养")

    lift = models.ForeignKey(Lift, on_delete=models.CASCADE, related_name="maintenances")
    kind = models.CharField(_("维护保养类别"), max_length=12, choices=Kind.choices, default=Kind.HALF_MONTH)
    done_at = models.DateTimeField(_("完成时间"))
    # The day by which it had to be done, for the rate of maintenance in time; null for the first one recorded.
    was_due = models.DateField(null=True, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("维护保养单位"))
    replaced = models.CharField(_("更换部件"), max_length=300, blank=True)
    problem = models.CharField(_("发现问题"), max_length=500, blank=True)
    # What was found makes the lift unsafe: it must stand still, and its keeper is told.
    unsafe = models.BooleanField(_("须停用"), default=False)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-done_at", "-pk"]
        verbose_name = _("电梯维护保养")
        indexes = [models.Index(fields=["unit", "done_at"]), models.Index(fields=["done_at"])]
        constraints = [models.UniqueConstraint(fields=["lift", "done_at"], name="equipment_maintenance_once")]

    def __str__(self) -> str:
        return f"{self.lift_id} {self.done_at:%Y-%m-%d}"

    @property
    def late(self) -> bool:
        return self.was_due is not None and timezone.localdate(self.done_at) > self.was_due


class Rescue(models.Model):
    """What statistics and the dispatch desk need to know of a case of lift rescue; kept by the case's effects."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="rescue")
    lift = models.ForeignKey(Lift, null=True, blank=True, on_delete=models.SET_NULL, related_name="rescues")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    area_kind = models.CharField(max_length=10)
    called_at = models.DateTimeField(_("接报"))
    dispatched_at = models.DateTimeField(_("派单"), null=True, blank=True)
    arrived_at = models.DateTimeField(_("到场"), null=True, blank=True)
    ended_at = models.DateTimeField(_("结束"), null=True, blank=True)
    outcome = models.CharField(_("结果"), max_length=20, blank=True)
    cause = models.CharField(_("故障原因"), max_length=40, blank=True)
    people = models.PositiveSmallIntegerField(_("被困人数"), default=0)
    injured = models.PositiveSmallIntegerField(_("受伤人数"), default=0)
    # The level of the ladder that was reached, 0 before the first dispatch.
    level = models.PositiveSmallIntegerField(_("级别"), default=0)

    class Meta:
        ordering = ["-called_at", "-pk"]
        verbose_name = _("电梯困人救援")
        indexes = [
            models.Index(fields=["region", "called_at"], name="equipment_rescue_region"),
            models.Index(fields=["unit", "ended_at"], name="equipment_rescue_open"),
            models.Index(fields=["called_at"], name="equipment_rescue_called"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.called_at:%Y-%m-%d %H:%M}"


class Dispatch(models.Model):
    """One body sent to a rescue, when, and what came of it."""

    class Answer(models.TextChoices):
        WAITING = "waiting", _("待应答")
        ACCEPTED = "accepted", _("已应答")
        REFUSED = "refused", _("无法到场")
        SILENT = "silent", _("无人应答")
        STOOD_DOWN = "stood_down", _("已取消")

    rescue = models.ForeignKey(Rescue, on_delete=models.CASCADE, related_name="dispatches")
    number = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField(_("级别"))
    # What it is in the ladder (contracted, nearest …), and which one: its key in the register of rescue bodies.
    kind = models.CharField(max_length=12)
    body = models.CharField(max_length=80, blank=True)
    name = models.CharField(_("救援力量"), max_length=200)
    line = models.CharField(_("值班电话"), max_length=40, blank=True)
    distance = models.DecimalField(_("距离"), max_digits=7, decimal_places=2, null=True, blank=True)
    sent_at = models.DateTimeField(_("派单"))
    answer = models.CharField(_("应答"), max_length=10, choices=Answer.choices, default=Answer.WAITING)
    answered_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(_("到场"), null=True, blank=True)
    # Sent in the place of the contracted maintainer: what it is owed, and when it was paid.
    compensated = models.BooleanField(_("应予补偿"), default=False)
    compensation = models.DecimalField(_("补偿金额"), max_digits=10, decimal_places=2, null=True, blank=True)
    paid_on = models.DateField(_("支付日期"), null=True, blank=True)

    class Meta:
        ordering = ["rescue", "number"]
        verbose_name = pgettext_lazy("电梯救援", "派单")
        constraints = [models.UniqueConstraint(fields=["rescue", "number"], name="equipment_dispatch_once")]

    def __str__(self) -> str:
        return f"{self.rescue_id} {self.level} {self.name}"


class Cover(models.Model):
    """A lift is insured by a policy (`entry:liability_policy:…`) from a day to a day, both included."""

    lift = models.ForeignKey(Lift, on_delete=models.CASCADE, related_name="covers")
    policy = models.BigIntegerField()
    policy_number = models.CharField(_("保单号"), max_length=40)
    starts_on = models.DateField(_("保险起"))
    ends_on = models.DateField(_("保险止"))

    class Meta:
        ordering = ["lift", "starts_on"]
        verbose_name = _("电梯投保期间")
        indexes = [
            models.Index(fields=["starts_on", "ends_on"], name="equipment_cover_days"),
            models.Index(fields=["policy"], name="equipment_cover_policy"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["lift", "policy"], name="equipment_cover_once"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="equipment_cover_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lift_id} {self.starts_on}–{self.ends_on}"


class ClaimPayment(models.Model):
    """What a policy pays, or holds back for, one claim; the sum decides what is left of its limits."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="claim_payment")
    policy = models.BigIntegerField()
    # Claims of one event share its limit.
    event = models.CharField(max_length=80)
    persons = models.PositiveIntegerField(default=1)
    assessed = models.DecimalField(_("核定损失"), max_digits=14, decimal_places=2)
    payable = models.DecimalField(_("应赔金额"), max_digits=14, decimal_places=2)
    assessed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["assessed_at", "pk"]
        verbose_name = _("责任保险赔付")
        indexes = [models.Index(fields=["policy", "event"], name="equipment_claim_policy")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.payable}"
