"""Enterprises as they stand today, the codes and names they had, and what became of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Substr
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengjian.parties.models import Region, Unit


class Enterprise(models.Model):
    """One body: an enterprise, co-operative, sole trader or institution.

    The row holds what is held true today; who said so stands in `SourceRecord`. A row is never deleted, and
    its key never given to another body.
    """

    class Kind(models.TextChoices):
        COMPANY = "company", _("企业")
        COOPERATIVE = "cooperative", _("合作社")
        SOLE_TRADER = "sole_trader", _("个体工商户")
        HOSPITAL_SCHOOL = "hospital_school", _("医院学校")
        OTHER = "gov_or_other", _("机关及其他组织")

    class Status(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("enterprise", "存续")
        SUSPENDED = "suspended", pgettext_lazy("enterprise", "歇业")
        REVOKED = "revoked", pgettext_lazy("enterprise", "吊销")
        DEREGISTERED = "deregistered", pgettext_lazy("enterprise", "注销")
        CANCELLED = "cancelled", pgettext_lazy("enterprise", "撤销登记")
        MOVED_OUT = "moved_out", pgettext_lazy("enterprise", "迁出")
        # Nobody speaks of it any more: the only deliveries that did were taken back.
        VOID = "void", pgettext_lazy("enterprise", "建档已撤销")

    key = models.CharField(_("主体标识"), max_length=12, unique=True)
    code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True, default="")
    name = models.CharField(_("名称"), max_length=200)
    kind = models.CharField(_("主体类别"), max_length=16, choices=Kind.choices, default=Kind.COMPANY)
    # The index over region and status serves it, too.
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("地区")
    )
    status = models.CharField(_("登记状态"), max_length=12, choices=Status.choices, default=Status.ACTIVE)
    registered_on = models.DateField(_("成立日期"), null=True, blank=True)
    address = models.CharField(_("住所"), max_length=300, blank=True, default="")
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged", verbose_name=_("并入")
    )
    # The enterprise's own account, where it has one.
    account = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("企业账号")
    )
    created_at = models.DateTimeField(_("建档时间"), default=timezone.now)
    updated_at = models.DateTimeField(_("更新时间"), default=timezone.now)

    # Names and addresses of sole traders are personal data; the log of actions does not repeat them.
    audit_hidden = ("name", "address")

    class Meta:
        verbose_name = _("主体")
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~models.Q(code=""), name="enterprises_code_once"),
            models.CheckConstraint(condition=~models.Q(merged_into=models.F("id")), name="enterprises_not_into_itself"),
        ]
        indexes = [
            models.Index(fields=["name"], name="enterprises_name"),
            models.Index(fields=["region", "status"], name="enterprises_region"),
            # The organisation code of GB 11714 inside the unified code, by which older registers know a body.
            models.Index(Substr("code", 9, 9), name="enterprises_organisation_code"),
        ]

    def __str__(self) -> str:
        """As logs name it; pages show `name`."""
        return self.key if self.is_person else self.name

    def get_absolute_url(self) -> str:
        return reverse("enterprises:enterprise", args=[self.key])

    @property
    def subject(self) -> str:
        """How facts, cases and registers name it: by its unified code, without one by its key."""
        return f"enterprise:{self.code or self.key}"

    @property
    def is_person(self) -> bool:
        """Whether name and address are personal data (a sole trader is a natural person)."""
        return self.kind == self.Kind.SOLE_TRADER


class EnterpriseCode(models.Model):
    """A code under which a body was known and that its current unified code does not tell."""

    class Scheme(models.TextChoices):
        UNIFIED = "unified", _("统一社会信用代码")
        ORGANISATION = "organisation", _("组织机构代码")
        REGISTRATION = "registration", _("工商注册号")
        TAX = "tax", _("纳税人识别号")

    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="codes", db_index=False)
    scheme = models.CharField(_("代码种类"), max_length=12, choices=Scheme.choices)
    value = models.CharField(_("代码"), max_length=20)
    since = models.DateField(_("自"), null=True, blank=True)
    until = models.DateField(_("至"), null=True, blank=True)

    class Meta:
        ordering = ["enterprise", "scheme", "value"]
        verbose_name = _("曾用代码")
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "scheme", "value"], name="enterprises_old_code_once")
        ]
        indexes = [models.Index(fields=["value"], name="enterprises_old_code")]

    def __str__(self) -> str:
        return self.value


class EnterpriseName(models.Model):
    """A former name of a body, or one that a department writes otherwise."""

    class Kind(models.TextChoices):
        FORMER = "former", _("曾用名")
        OTHER = "other", _("其他写法")

    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="names", db_index=False)
    name = models.CharField(_("名称"), max_length=200)
    kind = models.CharField(_("种类"), max_length=8, choices=Kind.choices)
    since = models.DateField(_("自"), null=True, blank=True)
    until = models.DateField(_("至"), null=True, blank=True)

    class Meta:
        ordering = ["enterprise", "name"]
        verbose_name = _("曾用名称")
        constraints = [models.UniqueConstraint(fields=["enterprise", "name"], name="enterprises_old_name_once")]
        indexes = [models.Index(fields=["name"], name="enterprises_old_name")]

    def __str__(self) -> str:
        return self.name


class EntityEvent(models.Model):
    """What happened to a body's identity: who did it, why, and what is needed to undo it. Never changed."""

    class Kind(models.TextChoices):
        MERGED = "merged", _("合并")
        SPLIT = "split", _("拆分")
        CODE = "code", _("代码变更")
        NAME = "name", _("名称变更")
        CHANGED = "changed", _("信息变更")
        UNDONE = "undone", _("撤销操作")

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="events", db_index=False)
    # The body that was merged into this one, or that was split off.
    other = models.ForeignKey(Enterprise, null=True, blank=True, on_delete=models.PROTECT, related_name="other_events")
    kind = models.CharField(_("事项"), max_length=8, choices=Kind.choices)
    on = models.DateField(_("日期"))
    at = models.DateTimeField(_("记录时间"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    system = models.CharField(max_length=60, blank=True)
    reason = models.CharField(_("理由"), max_length=300, blank=True)
    before = models.CharField(_("变更前"), max_length=200, blank=True)
    after = models.CharField(_("变更后"), max_length=200, blank=True)
    # {"records": [source records that changed hands], "merged": [bodies that were merged into the one that went]}
    moved = models.JSONField(default=dict, blank=True)
    batch = models.ForeignKey(
        "enterprises.IntakeBatch", null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    undoes = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by")
    fact = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("主体沿革")
        indexes = [models.Index(fields=["enterprise", "-at"], name="enterprises_event")]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.kind} {self.on}"
