"""The verbs of the room: take and cancel document numbers, store files. Callers check who may; here is how."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.documents import files
from hengjian.documents.models import Content, IssuedNumber, NumberSeries, StoredFile
from hengjian.documents.uploads import Checked, check_upload
from hengjian.parties.verbs import ActionRefused


def take_number(agency: str, year: int, *, subject: str, taken_by: str) -> IssuedNumber:
    """The next number of the agency's series of that year: `str(number)` is 澜质强办发〔2026〕5号.

    The number belongs to the caller's transaction: if that is undone, the number was never taken, so the series has no
    gaps. Others who want a number of the same series wait until the transaction ends.

    Args:
        agency: 机关代字, for example 澜质强办发.
        subject: what gets the number ("document:12").
        taken_by: who ("user:3").

    Raises:
        TransactionManagementError: there is no transaction to belong to.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("take a number inside the transaction that uses it")
    series, _created = NumberSeries.objects.get_or_create(agency=agency, year=year)
    # One statement that adds and locks the row until the end of the transaction.
    NumberSeries.objects.filter(pk=series.pk).update(last=F("last") + 1)
    series.refresh_from_db()
    return IssuedNumber.objects.create(series=series, serial=series.last, subject=subject, taken_by=taken_by)


def cancel_number(number: IssuedNumber, *, reason: str, cancelled_by: str) -> IssuedNumber:
    """Mark a number as unused for good; it stays on record with the reason.

    Raises:
        ActionRefused: no reason given, or the number was cancelled before.
    """
    if not reason.strip():
        raise ActionRefused(_("没有写作废原因。"), _("请写明原因，作废的文号会连同原因保留在登记中。"), status=400)
    changed = IssuedNumber.objects.filter(pk=number.pk, cancelled_at__isnull=True).update(
        cancelled_at=timezone.now(), cancelled_by=cancelled_by, cancel_reason=reason.strip()[:200]
    )
    if not changed:
        raise ActionRefused(_("文号“%(number)s”已经作废。") % {"number": number}, _("无需再次操作。"))
    number.refresh_from_db()
    return number


def store_file(
    data: bytes, name: str, *, subject: str, stored_by: str, allowed: frozenset[str] | None = None
) -> StoredFile:
    """Check a file and keep it; the same bytes are kept once, each handing-in is recorded.

    Args:
        data: the whole file.
        name: as the user's system called it.
        subject: what it belongs to ("duty:12"); who may read that may download the file.
        stored_by: who ("user:3").
        allowed: extensions this form takes; None takes all that are known.

    Raises:
        UploadRefused: the file may not come in; nothing was kept.
    """
    return store_checked(data, check_upload(data, name, allowed), subject=subject, stored_by=stored_by)


def store_checked(data: bytes, checked: Checked, *, subject: str, stored_by: str) -> StoredFile:
    """Keep a file that `check_upload` has let in; the last thing in a transaction, for a roll-back leaves the bytes."""
    sha256 = files.write(data)
    content, _created = Content.objects.get_or_create(
        sha256=sha256, defaults={"size": len(data), "media_type": checked.media_type}
    )
    return StoredFile.objects.create(content=content, name=checked.name, subject=subject, stored_by=stored_by)
