"""Units: departments, party organs, vertical bodies, collectives …; their names, reforms and counterparts."""

from __future__ import annotations

import uuid
from datetime import date

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from hengjian.parties.models.base import Dated, DatedQuerySet
from hengjian.parties.models.regions import Region

# Stands for an open start in the unique index: SQLite lets null differ from null.
OPEN = models.Value(date(1, 1, 1), output_field=models.DateField())


def new_key() -> str:
    return uuid.uuid4().hex


class Unit(Dated):
    """A body that can be responsible, report, own rows or employ users. It keeps its key through renamings."""

    class Kind(models.TextChoices):
        DEPARTMENT = "department", _("政府部门")
        PARTY_ORGAN = "party_organ", _("党委机关")
        GOVERNMENT = "government", _("人民政府")
        VERTICAL = "vertical", _("垂直管理机构")
        COLLECTIVE = "collective", _("集合主体")
        PEOPLE_ORGANISATION = "people_organisation", _("群团组织")
        COURT = "court", _("司法机关")
        ENTERPRISE = "enterprise", _("企业")
        PANEL = "panel", _("议事协调机构")
        INSTITUTION = "institution", _("事业单位")
        CONGRESS = "congress", _("人大机关")

    key = models.CharField(
        _("标识"),
        max_length=80,
        unique=True,
        default=new_key,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*$", _("标识只能用小写字母、数字和连字符。"))],
    )
    name = models.CharField(_("全称"), max_length=200)
    short_name = models.CharField(_("简称"), max_length=80, blank=True)
    kind = models.CharField(_("类别"), max_length=20, choices=Kind.choices, default=Kind.DEPARTMENT)
    level = models.CharField(_("层级"), max_length=12, choices=Region.Level.choices)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="units", verbose_name=_("地区"))
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", verbose_name=_("上级单位")
    )
    # Id of the family in hengjian.methods.organisations: the same function at every level (market-regulation …).
    family = models.CharField(_("职能族"), max_length=60, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        ordering = ["region__code", "name", "pk"]
        verbose_name = _("单位")
        indexes = [models.Index(fields=["region", "family"]), models.Index(fields=["name"])]

    def __str__(self) -> str:
        return self.short_name or self.name

    @property
    def ref(self) -> str:
        """How facts, clocks and files refer to it."""
        return f"unit:{self.key}"


class UnitAlias(Dated):
    """Another way of writing a unit; a former name is valid as long as the unit bore it."""

    class Kind(models.TextChoices):
        SHORT = "short", _("简称")
        FORMER = "former", _("曾用名")
        MISPRINT = "misprint", _("误写")

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="aliases", verbose_name=_("单位"))
    alias = models.CharField(_("别名"), max_length=200)
    kind = models.CharField(_("种类"), max_length=10, choices=Kind.choices, default=Kind.SHORT)

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        ordering = ["alias", "pk"]
        verbose_name = _("单位别名")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["unit", "alias"], name="parties_unit_alias_once"),
        ]
        indexes = [models.Index(fields=["alias"])]

    def __str__(self) -> str:
        return self.alias


class UnitLeader(Dated):
    """Who leads a unit, in which office and with what in charge; shown to officers, never in the log."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="leaders", verbose_name=_("单位"))
    name = models.CharField(_("姓名"), max_length=60)
    position = models.CharField(_("职务"), max_length=80)
    charge = models.CharField(_("分管工作"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("排序"), default=1)

    audit_hidden = ("name",)
    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        ordering = ["order", "pk"]
        verbose_name = _("单位负责人")

    def __str__(self) -> str:
        return self.position

    @property
    def ref(self) -> str:
        return f"leader:{self.pk}"


class UnitSuccession(models.Model):
    """One unit takes over (part of) the duties of another from a day on. Several rows: merged or split."""

    predecessor = models.ForeignKey(
        Unit, on_delete=models.CASCADE, related_name="successions", verbose_name=_("原单位")
    )
    successor = models.ForeignKey(
        Unit, on_delete=models.CASCADE, related_name="precursions", verbose_name=_("承接单位")
    )
    on = models.DateField(_("日期"))
    document = models.CharField(_("依据"), max_length=200, blank=True)
    scope = models.CharField(_("承接职责"), max_length=200, blank=True)
    # The one that answers for the old unit where the text does not say which duty is meant.
    main = models.BooleanField(_("主要承接"), default=True)
    # What is handed over on the day (codes of `handover`), when that was done, and how many rows of each kind moved.
    moves = models.JSONField(default=list, blank=True)
    moved_at = models.DateTimeField(_("移交时间"), null=True, blank=True)
    moved = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["on", "pk"]
        verbose_name = _("单位沿革")
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="parties_succession_once"),
            models.CheckConstraint(
                condition=~models.Q(predecessor=models.F("successor")), name="parties_succession_other"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.successor_id}"


class Counterpart(Dated):
    """对口单位: a unit of the upper level and one below that does its work there; an upper unit may have several."""

    upper = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="lower_counterparts")
    lower = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="upper_counterparts")
    note = models.CharField(_("说明"), max_length=200, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        ordering = ["upper", "lower"]
        verbose_name = _("对口单位")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["upper", "lower"], name="parties_counterpart_once"),
            models.CheckConstraint(condition=~models.Q(upper=models.F("lower")), name="parties_counterpart_other"),
        ]

    def __str__(self) -> str:
        return f"{self.upper_id} ~ {self.lower_id}"


class CollectiveMembership(Dated):
    """Who belongs to a collective assignee (各成员单位) and when."""

    collective = models.ForeignKey(
        Unit, on_delete=models.CASCADE, related_name="memberships", limit_choices_to={"kind": Unit.Kind.COLLECTIVE}
    )
    member = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="collectives", verbose_name=_("成员"))

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        ordering = ["collective", "member", "valid_from", "pk"]
        verbose_name = _("集合成员")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                "collective", "member", Coalesce("valid_from", OPEN), name="parties_membership_once"
            ),
            models.CheckConstraint(condition=~models.Q(collective=models.F("member")), name="parties_membership_other"),
        ]

    def __str__(self) -> str:
        return f"{self.collective_id} ∋ {self.member_id}"
