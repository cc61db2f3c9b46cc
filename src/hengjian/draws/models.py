"""Storage: a draw with its frozen lists, what was drawn, who was sent, what was found."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.draws.rules import Exclusion, Inspector, Setup, Stratum, Target
from hengjian.parties.models import Region, Unit


class Draw(models.Model):
    """One draw. From `prepared` on nothing that decides it can be changed; the commitment stands in the ledger."""

    class State(models.TextChoices):
        PREPARED = "prepared", _("名录已锁定")
        DRAWN = "drawn", _("检查中")
        FINISHED = "finished", _("已公示")
        CANCELLED = "cancelled", _("已取消")

    class Seed(models.TextChoices):
        FIGURE = "figure", _("公开数值")
        CHECKPOINT = "checkpoint", _("台账检查点")

    title = models.CharField(_("抽查任务"), max_length=200)
    matter = models.CharField(_("抽查事项"), max_length=200, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("组织单位"))
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    rule_id = models.CharField(_("抽取规则"), max_length=120)
    rule_version = models.CharField(max_length=12)
    rules_on = models.DateField(_("规则适用日"))
    publish_term = models.CharField(max_length=60)
    result_codes = models.CharField(max_length=60)
    strata = models.JSONField(_("抽取数量"), default=list)
    per_target = models.PositiveSmallIntegerField(_("每个对象检查人数"), default=2)
    exclusions = models.JSONField(default=list, blank=True)
    seed_kind = models.CharField(_("种子"), max_length=10, choices=Seed.choices)
    seed_source = models.CharField(_("种子来源"), max_length=300)
    # The seed must not be known before this moment.
    seed_after = models.DateTimeField(_("种子产生时间"))
    commitment = models.CharField(_("锁定摘要"), max_length=64)
    seed = models.CharField(_("种子"), max_length=200, blank=True)
    result_hash = models.CharField(_("结果摘要"), max_length=64, blank=True)
    checks_by = models.DateField(_("检查完成时限"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.PREPARED)
    cancelled_for = models.CharField(_("取消原因"), max_length=300, blank=True)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(_("锁定时间"), default=timezone.now)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    drawn_at = models.DateTimeField(_("抽取时间"), null=True, blank=True)
    prepared_fact = models.UUIDField(null=True, blank=True)
    performed_fact = models.UUIDField(null=True, blank=True)

    class Meta:
        verbose_name = _("随机抽查")
        ordering = ["-prepared_at", "-pk"]
        indexes = [models.Index(fields=["unit", "state"]), models.Index(fields=["region", "state"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("draws:draw", args=[self.pk])

    @property
    def ref(self) -> str:
        """How facts and clocks refer to it."""
        return f"draw:{self.pk}"

    def setup(self) -> Setup:
        """What decides the draw, as `rules.draw` takes it."""
        pools = {pool.kind: pool for pool in self.pools.all()}
        return Setup(
            targets=tuple(
                Target(row["id"], row["name"], row["stratum"], row["unit"], row["weight"])
                for row in pools[Pool.Kind.TARGETS].rows
            ),
            inspectors=tuple(Inspector(row["id"], row["unit"]) for row in pools[Pool.Kind.INSPECTORS].rows),
            strata=tuple(Stratum(row["code"], row["count"], row["reserve"]) for row in self.strata),
            exclusions=tuple(Exclusion(row["inspector"], row["target"]) for row in self.exclusions),
            per_target=self.per_target,
            seed_source=self.seed_source,
        )


class Pool(models.Model):
    """A list as it was frozen for one draw. Rows of targets: id, name, stratum, unit, weight; of inspectors: id, unit
    and the name, which is not published."""

    class Kind(models.TextChoices):
        TARGETS = "targets", _("检查对象名录库")
        INSPECTORS = "inspectors", _("检查人员名录库")

    draw = models.ForeignKey(Draw, on_delete=models.CASCADE, related_name="pools")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    source = models.CharField(_("来源"), max_length=200)
    rows = models.JSONField(default=list)
    count = models.PositiveIntegerField(_("数量"))
    hash = models.CharField(_("名录摘要"), max_length=64)

    class Meta:
        verbose_name = _("名录库")
        constraints = [models.UniqueConstraint(fields=["draw", "kind"], name="draws_pool_once")]

    def __str__(self) -> str:
        return f"{self.draw} {self.get_kind_display()}"


class Drawn(models.Model):
    """A target that was drawn, or stands in reserve, with what the check found."""

    class State(models.TextChoices):
        RESERVE = "reserve", _("备选")
        WAITING = "waiting", _("待检查")
        CHECKED = "checked", _("待公示")
        PUBLISHED = "published", _("已公示")
        REPLACED = "replaced", _("已替换")

    draw = models.ForeignKey(Draw, on_delete=models.CASCADE, related_name="drawn")
    order = models.PositiveIntegerField(_("序号"))
    reserve = models.BooleanField(_("备选"), default=False)
    target = models.CharField(_("对象编号"), max_length=120)
    name = models.CharField(_("对象"), max_length=200, blank=True)
    stratum = models.CharField(_("类别"), max_length=40, blank=True)
    owner = models.CharField(_("所属主体"), max_length=120, blank=True)
    number = models.CharField(_("抽签号"), max_length=64)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.WAITING)
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by", verbose_name=_("替换")
    )
    replaced_for = models.CharField(_("替换原因"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("抽中对象")
        ordering = ["reserve", "order"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "reserve", "order"], name="draws_drawn_place"),
            models.UniqueConstraint(fields=["draw", "target"], name="draws_drawn_once"),
        ]
        indexes = [models.Index(fields=["target"]), models.Index(fields=["draw", "state"])]

    def __str__(self) -> str:
        return self.name or self.target

    def get_absolute_url(self) -> str:
        return reverse("draws:check", args=[self.pk])

    @property
    def ref(self) -> str:
        """How clocks, files and facts refer to the check."""
        return f"check:{self.pk}"

    @property
    def subject(self) -> str:
        """What facts about it are about: the target itself where its id is a reference, otherwise the check."""
        return self.target if ":" in self.target else self.ref


class Pairing(models.Model):
    """An inspector sent to a drawn target."""

    drawn = models.ForeignKey(Drawn, on_delete=models.CASCADE, related_name="pairings")
    place = models.PositiveSmallIntegerField()
    inspector = models.CharField(_("检查人员编号"), max_length=60)
    name = models.CharField(_("姓名"), max_length=60, blank=True)
    # Where the inspector has an account.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("检查人员")
        ordering = ["drawn", "place"]
        constraints = [models.UniqueConstraint(fields=["drawn", "inspector"], name="draws_pairing_once")]

    def __str__(self) -> str:
        return self.name or self.inspector


class Result(models.Model):
    """What a check found. A correction is a new version; the newest published one is what the public sees."""

    drawn = models.ForeignKey(Drawn, on_delete=models.CASCADE, related_name="results")
    version = models.PositiveSmallIntegerField(default=1)
    code = models.CharField(_("检查结果"), max_length=40)
    ended_on = models.DateField(_("检查结束日期"))
    note = models.CharField(_("情况说明"), max_length=500, blank=True)
    evidence = models.JSONField(default=list, blank=True)
    reason = models.CharField(_("更正原因"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("录入时间"), default=timezone.now)
    publish_by = models.DateField(_("公示时限"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(_("公示时间"), null=True, blank=True)
    fact = models.UUIDField(null=True, blank=True)

    class Meta:
        verbose_name = _("检查结果")
        ordering = ["drawn", "version"]
        constraints = [models.UniqueConstraint(fields=["drawn", "version"], name="draws_result_version")]

    def __str__(self) -> str:
        return f"{self.drawn}: {self.code}"
