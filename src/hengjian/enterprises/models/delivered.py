"""What departments delivered: templates, batches, and every record as it came."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.enterprises.models.enterprise import Enterprise
from hengjian.parties.models import Region, Unit


class IntakeTemplate(models.Model):
    """How a department's sheet is read: heading → field of the register. Kept per department and used again."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("数源单位"))
    name = models.CharField(_("模板名称"), max_length=80)
    # {heading as written: field code}
    columns = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    updated_at = models.DateTimeField(_("更新时间"), default=timezone.now)

    class Meta:
        ordering = ["unit", "name"]
        verbose_name = _("归集模板")
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="enterprises_template_once")]

    def __str__(self) -> str:
        return self.name


class IntakeBatch(models.Model):
    """One delivery of a department: checked first, taken in by one click, undone as a whole."""

    class State(models.TextChoices):
        MAPPING = "mapping", _("待对应列")
        CHECKING = "checking", _("正在核对")
        CHECKED = "checked", _("待确认")
        APPLYING = "applying", _("正在归集")
        APPLIED = "applied", _("已归集")
        UNDOING = "undoing", _("正在撤销")
        UNDONE = "undone", _("已撤销")
        DROPPED = "dropped", _("已放弃")
        FAILED = "failed", _("失败")

    source = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("数源单位"))
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    # Address of the stored file; empty for deliveries through the interface.
    file = models.CharField(_("文件"), max_length=80, blank=True)
    name = models.CharField(_("文件名"), max_length=200)
    columns = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.MAPPING)
    total = models.PositiveIntegerField(_("行数"), default=0)
    good = models.PositiveIntegerField(_("可归集"), default=0)
    repeated = models.PositiveIntegerField(_("已有"), default=0)
    wrong = models.PositiveIntegerField(_("有误"), default=0)
    hints = models.PositiveIntegerField(_("有提示"), default=0)
    created = models.PositiveIntegerField(_("新建主体"), default=0)
    matched = models.PositiveIntegerField(_("归入已有主体"), default=0)
    unsure = models.PositiveIntegerField(_("待人工核对"), default=0)
    done = models.PositiveIntegerField(_("已处理"), default=0)
    message = models.CharField(max_length=300, blank=True)
    # The worker that has it, until then; a killed one loses it after that.
    lease = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("上传时间"), default=timezone.now)
    applied_at = models.DateTimeField(_("归集时间"), null=True, blank=True)
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("归集批次")
        indexes = [models.Index(fields=["source", "-created_at"], name="enterprises_batch")]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        return f"intake:{self.pk}"


class IntakeFault(models.Model):
    """What is wrong with one row of a delivery (it stays out), or what was noticed (it comes in)."""

    batch = models.ForeignKey(IntakeBatch, on_delete=models.CASCADE, related_name="faults")
    number = models.PositiveIntegerField(_("行号"))
    # Whether the row stays out.
    fatal = models.BooleanField(_("有误"), default=True)
    name = models.CharField(_("名称"), max_length=200, blank=True)
    code = models.CharField(_("代码"), max_length=60, blank=True)
    # [[heading, what], …]
    told = models.JSONField(default=list)

    class Meta:
        ordering = ["batch", "number"]
        verbose_name = _("行报告")
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="enterprises_fault_once")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.number}"


class SourceRecord(models.Model):
    """One record as a department delivered it, and the body that it is about."""

    batch = models.ForeignKey(
        IntakeBatch, null=True, blank=True, on_delete=models.PROTECT, related_name="records", verbose_name=_("批次")
    )
    number = models.PositiveIntegerField(_("行号"), default=0)
    source = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("数源单位")
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("地区")
    )
    enterprise = models.ForeignKey(
        Enterprise, null=True, blank=True, on_delete=models.PROTECT, related_name="records", verbose_name=_("主体")
    )
    # Who the department says it is: its own number, else code, else name.
    identity = models.CharField(max_length=80)
    digest = models.CharField(max_length=32)
    # Valid unified code, repaired where only the writing was wrong; the code as written stays in `raw`.
    code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True, default="")
    name = models.CharField(_("名称"), max_length=200)
    # {heading: cell as delivered}, personal cells masked; {field: value as understood}
    raw = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    # What linking compares: brand, trade, form, kind, branch, place, person (keyed digest), street.
    features = models.JSONField(default=list)
    # Vault reference of names and numbers of persons.
    sealed = models.CharField(max_length=50, blank=True, default="")
    valid_from = models.DateField(_("数据日期"), null=True, blank=True)
    received_at = models.DateTimeField(_("收到时间"), default=timezone.now)
    # The department's next record about the same body.
    replaced_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaces")
    withdrawn_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("数源记录")
        constraints = [
            # One live record of a department about one body: delivering a sheet again adds nothing.
            models.UniqueConstraint(
                fields=["source", "identity"],
                condition=Q(replaced_by__isnull=True, withdrawn_at__isnull=True),
                name="enterprises_record_once",
            )
        ]
        indexes = [
            models.Index(fields=["code"], condition=~Q(code=""), name="enterprises_record_code"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.identity}"

    @property
    def ref(self) -> str:
        return f"record:{self.pk}"
