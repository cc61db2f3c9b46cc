"""An office's own scheme: copied from the rulebook or an earlier one, edited, approved by a second person."""

from __future__ import annotations

from functools import cached_property

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengjian.assessment.rules import Definition
from hengjian.parties.models import Region, Unit


class Scheme(models.Model):
    """One edition of an office's scheme. Approved, it is frozen; a change is a new edition."""

    class State(models.TextChoices):
        DRAFT = "draft", _("拟稿")
        SUBMITTED = "submitted", _("待批准")
        APPROVED = "approved", _("已批准")
        RETIRED = "retired", pgettext_lazy("考核方案", "已停用")

    title = models.CharField(_("名称"), max_length=200)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("组织单位"))
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    edition = models.PositiveSmallIntegerField(_("版次"), default=1)
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="later")
    # The rule that it was copied from, with the digest of its content then.
    rule_id = models.CharField(_("依据方案"), max_length=120, blank=True)
    rule_version = models.CharField(max_length=12, blank=True)
    definition = models.JSONField()
    note = models.CharField(_("修订说明"), max_length=300, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.DRAFT)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("拟稿人")
    )
    written_at = models.DateTimeField(_("拟稿时间"), default=timezone.now)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(_("批准时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("考核方案")
        ordering = ["-written_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("assessment:scheme", args=[self.pk])

    @property
    def ref(self) -> str:
        return f"assessment-scheme:{self.pk}"

    @cached_property
    def content(self) -> Definition:
        return Definition.from_dict(self.definition)

    @property
    def editable(self) -> bool:
        return self.state == self.State.DRAFT
