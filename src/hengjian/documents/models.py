"""Storage: series of document numbers, and files by their content."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from hengjian.documents.official import document_number


class NumberSeries(models.Model):
    """One agency's document numbers of one year (机关代字 × 年份); `last` is the highest serial given out."""

    agency = models.CharField(_("机关代字"), max_length=40)
    year = models.PositiveSmallIntegerField(_("年份"))
    last = models.PositiveIntegerField(_("最后一号"), default=0)

    class Meta:
        verbose_name = _("文号序列")
        constraints = [models.UniqueConstraint(fields=["agency", "year"], name="documents_one_series_per_agency_year")]

    def __str__(self) -> str:
        return f"{self.agency}〔{self.year}〕"


class IssuedNumber(models.Model):
    """One number of a series and what it was given to. A cancelled number stays on record and is never given again."""

    series = models.ForeignKey(
        NumberSeries, on_delete=models.PROTECT, related_name="numbers", verbose_name=_("文号序列")
    )
    serial = models.PositiveIntegerField(_("序号"))
    subject = models.CharField(_("对象"), max_length=100, db_index=True)
    taken_by = models.CharField(_("取号人"), max_length=100)
    taken_at = models.DateTimeField(_("取号时间"), auto_now_add=True)
    cancelled_at = models.DateTimeField(_("作废时间"), null=True, blank=True)
    cancelled_by = models.CharField(_("作废人"), max_length=100, blank=True)
    cancel_reason = models.CharField(_("作废原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("文号")
        ordering = ["series", "serial"]
        constraints = [
            models.UniqueConstraint(fields=["series", "serial"], name="documents_one_use_per_number"),
            models.CheckConstraint(
                condition=models.Q(cancelled_at__isnull=True) | ~models.Q(cancel_reason=""),
                name="documents_cancelled_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return document_number(self.series.agency, self.series.year, self.serial)


class Content(models.Model):
    """The bytes of a file, kept once however often they were handed in; they lie under MEDIA_ROOT by their hash."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField(_("大小"))
    media_type = models.CharField(_("类型"), max_length=100)
    stored_at = models.DateTimeField(_("存入时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("文件内容")

    def __str__(self) -> str:
        return self.address

    @property
    def address(self) -> str:
        """How facts refer to the content."""
        return f"sha256:{self.sha256}"


class StoredFile(models.Model):
    """A file as someone handed it in: its name, what it belongs to, who and when."""

    content = models.ForeignKey(Content, on_delete=models.PROTECT, related_name="files", verbose_name=_("文件内容"))
    name = models.CharField(_("文件名"), max_length=200)
    subject = models.CharField(_("所属对象"), max_length=100, db_index=True)
    stored_by = models.CharField(_("上传人"), max_length=100)
    stored_at = models.DateTimeField(_("上传时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("文件")
        ordering = ["stored_at", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def sha256(self) -> str:
        return self.content_id

    @property
    def address(self) -> str:
        """How facts refer to the content: `FactDraft(evidence=(file.address,))`."""
        return f"sha256:{self.content_id}"
