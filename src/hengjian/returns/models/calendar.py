"""The reporting calendar: one form in one period."""

from __future__ import annotations

from functools import cached_property

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hengjian.methods.periods import Period, parse_period
from hengjian.returns.catalogue import form
from hengjian.returns.declarations import Form, Layout


class Opening(models.Model):
    """A form opened for a period. Version and due day stay those of the day it was opened."""

    form_code = models.CharField(_("报表"), max_length=60)
    form_version = models.PositiveSmallIntegerField(_("报表版本"))
    period_code = models.CharField(_("报告期"), max_length=10)
    first = models.DateField(_("报告期首日"))
    last = models.DateField(_("报告期末日"))
    due_on = models.DateField(_("报送截止日"))
    rule = models.CharField(_("报送周期规则"), max_length=120)
    rule_version = models.CharField(_("规则版本"), max_length=80)
    opened_at = models.DateTimeField(_("开放时间"))

    class Meta:
        ordering = ["-last", "form_code"]
        verbose_name = _("报告期")
        constraints = [
            models.UniqueConstraint(fields=["form_code", "period_code"], name="returns_opening_once"),
            models.CheckConstraint(condition=models.Q(first__lte=models.F("last")), name="returns_opening_order"),
        ]

    def __str__(self) -> str:
        return f"{self.form_code} {self.period_code}"

    @property
    def form(self) -> Form:
        """The version of the declaration that the period was opened with."""
        return form(self.form_code, self.form_version)

    @cached_property
    def period(self) -> Period:
        return parse_period(self.period_code)

    @cached_property
    def layout(self) -> Layout:
        return self.form.layout(self.last)

    @property
    def title(self) -> str:
        language = get_language() or "zh"
        return f"{self.form.said(language)} {self.period.said(language)}"
