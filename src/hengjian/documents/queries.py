"""Reads: what a number series lacks, the files of a subject."""

from __future__ import annotations

from django.db.models import QuerySet

from hengjian.documents.models import IssuedNumber, NumberSeries, StoredFile


def gaps(series: NumberSeries) -> list[int]:
    """Serials of the series that no record explains; empty unless the table was tampered with."""
    taken = set(IssuedNumber.objects.filter(series=series).values_list("serial", flat=True))
    return [serial for serial in range(1, max([series.last, *taken]) + 1) if serial not in taken]


def files_of(subject: str) -> QuerySet[StoredFile]:
    """The files that belong to a subject, oldest first."""
    return StoredFile.objects.filter(subject=subject).select_related("content")
