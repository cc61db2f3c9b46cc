"""Storage: certificates, test reports, what was read from digital calibration certificates."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from hengjian.registers.models import EntryBase


class Certificate(EntryBase):
    """One certificate; `key` is its number."""

    scheme = models.CharField(_("认证种类"), max_length=40)
    holder = models.CharField(_("获证组织代码"), max_length=18)
    holder_name = models.CharField(_("获证组织"), max_length=200)
    body = models.CharField(_("认证机构"), max_length=80, blank=True)
    body_name = models.CharField(_("认证机构名称"), max_length=200, blank=True)
    ccc_year = models.PositiveSmallIntegerField(_("编号年份"), null=True, blank=True)

    class Meta(EntryBase.Meta):
        verbose_name = _("认证证书")
        indexes = [
            *EntryBase.Meta.indexes,
            models.Index(fields=["register", "scheme", "status"], name="certification_scheme"),
            models.Index(fields=["holder"], name="certification_holder"),
            models.Index(fields=["body"], name="certification_body"),
        ]


class TestReport(EntryBase):
    """One report of a testing body."""

    __test__ = False  # no test class for pytest

    institution = models.CharField(_("机构"), max_length=80)
    cma = models.CharField(_("CMA 编号"), max_length=12, blank=True)
    dated = models.DateField(_("报告日期"))
    conclusion = models.CharField(_("结论"), max_length=20)
    flag = models.CharField(_("疑点"), max_length=20, blank=True)

    class Meta(EntryBase.Meta):
        verbose_name = _("检验检测报告")
        indexes = [
            *EntryBase.Meta.indexes,
            models.Index(fields=["institution", "dated"], name="certification_reports"),
            models.Index(fields=["register", "flag"], name="certification_flag"),
        ]
