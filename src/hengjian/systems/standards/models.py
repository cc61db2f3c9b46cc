"""Storage: the directory of standards and what enterprises declare to follow."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.registers.models import EntryBase


class Standard(EntryBase):
    """One standard of the directory; `key` is its number."""

    level = models.CharField(_("级别"), max_length=20, blank=True)
    nature = models.CharField(_("性质"), max_length=20, blank=True)
    domain = models.CharField(_("领域"), max_length=40, blank=True)
    consumer_field = models.CharField(_("重点消费品领域"), max_length=40, blank=True)
    adoption_degree = models.CharField(_("采用程度"), max_length=8, blank=True)
    effective_on = models.DateField(_("实施日期"), null=True, blank=True)
    withdrawn_on = models.DateField(_("废止日期"), null=True, blank=True)
    # Number without year: editions of one standard share it.
    base = models.CharField(max_length=80, blank=True)
    # What its end looks like now, and up to which end its declarations were followed up (jobs.py).
    end_mark = models.CharField(max_length=40, blank=True)
    followed_mark = models.CharField(max_length=40, blank=True)

    class Meta(EntryBase.Meta):
        verbose_name = _("标准")
        indexes = [
            *EntryBase.Meta.indexes,
            models.Index(fields=["base"], name="standards_base"),
            models.Index(fields=["register", "domain", "status"], name="standards_domain"),
            models.Index(fields=["register", "adoption_degree"], name="standards_adoption"),
            # The worker asks every round which standards begin or end.
            models.Index(fields=["withdrawn_on", "status"], name="standards_ending"),
            models.Index(fields=["effective_on", "status"], name="standards_beginning"),
            models.Index(fields=["id"], name="standards_unfollowed", condition=~Q(end_mark=F("followed_mark"))),
        ]

    @property
    def is_mandatory(self) -> bool:
        return self.nature == "mandatory"

    @property
    def ended_on(self) -> date | None:
        """The day from which it no longer holds: as declared, else the day its status says so; may lie ahead."""
        if self.withdrawn_on is not None:
            return self.withdrawn_on
        return self.status_on if self.status in ("withdrawn", "replaced") else None


class StandardDeclaration(EntryBase):
    """What an enterprise declares about one product: the standard it follows and what it promises."""

    enterprise = models.CharField(_("统一社会信用代码"), max_length=18)
    enterprise_name = models.CharField(_("企业名称"), max_length=200)
    product_class = models.CharField(_("产品类别"), max_length=40)
    executes = models.CharField(_("执行标准"), max_length=80, blank=True)
    own_number = models.CharField(_("企业标准编号"), max_length=80, blank=True)
    # ";GB 5009.5-2016;GB/T 19001-2016;": what it follows and cites, for finding all declarations of a standard.
    cited = models.TextField(blank=True)
    # The first of these standards that ends, and its day; the declaration is flagged from that day on.
    ended_standard = models.CharField(_("已废止标准"), max_length=80, blank=True)
    flagged_on = models.DateField(_("标记日期"), null=True, blank=True)

    class Meta(EntryBase.Meta):
        verbose_name = _("企业标准声明")
        indexes = [
            *EntryBase.Meta.indexes,
            models.Index(fields=["enterprise"], name="standards_decl_enterprise"),
            models.Index(fields=["executes"], name="standards_decl_executes"),
            models.Index(fields=["flagged_on"], name="standards_decl_flagged"),
        ]

    @property
    def standard_number(self) -> str:
        return self.executes or self.own_number

    @property
    def is_own(self) -> bool:
        return bool(self.own_number)

    @property
    def is_flagged(self) -> bool:
        """Whether a standard that it follows or cites has ended by today."""
        return self.flagged_on is not None and self.flagged_on <= timezone.localdate()

    @staticmethod
    def citing(number: str) -> Q:
        """The condition "follows or cites this standard"."""
        return Q(cited__contains=f";{number};")


def said(entry: EntryBase, code: str) -> Any:
    """A field that may be empty, as text."""
    return entry.value(code) or ""
