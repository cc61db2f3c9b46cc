"""Who is who: keys for finding candidates, pairs for people to look at, decisions, codes issued twice."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengjian.enterprises.models.delivered import SourceRecord
from hengjian.enterprises.models.enterprise import Enterprise
from hengjian.parties.models import Region


class LinkKey(models.Model):
    """A blocking key of a record, hashed to 63 bits; records that share one are compared."""

    record = models.ForeignKey(SourceRecord, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["key", "record"], name="enterprises_link_key"),
            models.Index(fields=["record"], name="enterprises_link_record"),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.key}"


class LinkWeights(models.Model):
    """Weights of the linkage model as they were learnt; the newest ones count."""

    learnt_at = models.DateTimeField(default=timezone.now)
    records = models.PositiveBigIntegerField()
    # name, others, prior, labelled of `record_linkage.Model`
    weights = models.JSONField()

    class Meta:
        ordering = ["-learnt_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.learnt_at:%Y-%m-%d} {self.records}"


class ReviewPair(models.Model):
    """Two bodies that may be one: a person decides."""

    class Reason(models.TextChoices):
        UNSURE = "unsure", _("相似，把握不足")
        CODES = "codes_differ", _("名称一致，代码不同")
        TWICE = "code_issued_twice", _("代码相同，名称矛盾")
        FORBIDDEN = "decided_apart", _("与以往“不同”的结论相冲突")

    class State(models.TextChoices):
        OPEN = "open", _("待核对")
        LATER = "later", _("暂缓")
        SAME = "same", _("同一主体")
        DIFFERENT = "different", _("不同主体")
        MOOT = "moot", _("已不需要")

    # The smaller number stands first.
    one = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    one_record = models.ForeignKey(SourceRecord, on_delete=models.PROTECT, related_name="+")
    other_record = models.ForeignKey(SourceRecord, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    probability = models.FloatField(_("同一的把握"))
    reason = models.CharField(_("缘由"), max_length=20, choices=Reason.choices)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.OPEN)
    found_at = models.DateTimeField(_("发现时间"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("核对时间"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        ordering = ["-probability", "pk"]
        verbose_name = _("疑似重复主体")
        constraints = [models.UniqueConstraint(fields=["one", "other"], name="enterprises_pair_once")]
        indexes = [models.Index(fields=["state", "-probability"], name="enterprises_pair_rank")]

    def __str__(self) -> str:
        return f"{self.one_id} ~ {self.other_id}"


class ResolverEdge(models.Model):
    """A person's judgement that two records are about one body, or about two. Every later run keeps to it."""

    one = models.ForeignKey(SourceRecord, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(SourceRecord, on_delete=models.PROTECT, related_name="+")
    same = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.one_id} {'=' if self.same else '≠'} {self.other_id}"


class CodeConflict(models.Model):
    """重错码: one code on different bodies. At most one of them may keep it."""

    class State(models.TextChoices):
        OPEN = "open", _("待发核查单")
        SENT = "sent", _("已发核查单")
        CLOSED = "closed", _("已办结")

    code = models.CharField(_("统一社会信用代码"), max_length=18)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.OPEN)
    found_at = models.DateTimeField(_("发现时间"), default=timezone.now)
    sent_at = models.DateTimeField(_("发出时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-found_at", "-pk"]
        verbose_name = _("重错码")
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=~models.Q(state="closed"), name="enterprises_conflict_once"
            )
        ]

    def __str__(self) -> str:
        return self.code


class CodeClaim(models.Model):
    """One of the bodies that bear a code issued twice, with the answer of the return sheet."""

    class Flag(models.IntegerChoices):
        NEW_CODE = 0, _("重新赋码")
        DELETE = 1, pgettext_lazy("return sheet", "删除")
        KEEP = 2, pgettext_lazy("return sheet", "保留")

    conflict = models.ForeignKey(CodeConflict, on_delete=models.CASCADE, related_name="claims")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="claims")
    record = models.ForeignKey(SourceRecord, on_delete=models.PROTECT, related_name="+")
    flag = models.PositiveSmallIntegerField(_("操作标识"), choices=Flag.choices, null=True, blank=True)
    new_code = models.CharField(_("新代码"), max_length=18, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["conflict", "enterprise"], name="enterprises_claim_once")]

    def __str__(self) -> str:
        return f"{self.conflict_id} {self.enterprise_id}"
