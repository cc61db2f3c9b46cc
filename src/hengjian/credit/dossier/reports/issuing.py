"""Issuing a report, handing its files out again, telling whether it is outdated."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.credit.dossier.dossier import Dossier
from hengjian.credit.dossier.models import Report
from hengjian.credit.dossier.policies import REPORT
from hengjian.credit.dossier.readers import Reader
from hengjian.credit.dossier.reports.content import content_of, digest_of, facts_of
from hengjian.credit.dossier.reports.files import Issued, files_of
from hengjian.documents.actions import take_number
from hengjian.enterprises.models import Enterprise
from hengjian.ledger.queries import facts
from hengjian.parties.verbs import Action, ActionRefused

AGENCY = "质信报"
# Without characters that are mistaken for others.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 12
ROUND = 500


def new_code() -> str:
    """A query code of 60 random bits, in groups of four."""
    text = "".join(secrets.choice(ALPHABET) for _place in range(CODE_LENGTH))
    return "-".join(text[start : start + 4] for start in range(0, CODE_LENGTH, 4))


@dataclass(frozen=True)
class Handed:
    """An issued report with its files."""

    report: Report
    files: dict[str, bytes]


@dataclass(kw_only=True)
class IssueReport(Action[Handed]):
    """Issue a report about an enterprise.

    Attributes:
        reader: as whom it is asked for; a reader of the public part gets the public extent.
        address: where reports are verified, with `{code}` for the query code.
        purpose: what the report is for.
    """

    verb = REPORT

    enterprise: Enterprise
    reader: Reader
    address: str
    purpose: str = ""

    def check(self) -> None:
        # What everybody may read everybody may have as a report.
        if self.reader.side != "public":
            super().check()

    def check_state(self) -> None:
        if self.reader.officer and not self.purpose.strip():
            raise ActionRefused(_("没有写明报告用途。"), _("请选择用途后再出具。"), status=400)

    def perform(self) -> Handed:
        content = content_of(Dossier(self.enterprise, self.reader))
        digest = digest_of(content)
        now, code = timezone.now(), new_code()
        full = self.reader.side != "public"
        number = str(take_number(AGENCY, timezone.localdate(now).year, subject=f"report:{code}", taken_by=self._by()))
        report = Report(
            number=number,
            code=code,
            enterprise=self.enterprise,
            extent=Report.Extent.FULL if full else Report.Extent.PUBLIC,
            side=self.reader.side,
            asked_by=self.actor if full else None,
            unit=self.actor.unit if full and self.actor is not None else None,
            purpose=self.purpose.strip()[:200] if full else "",
            issued_at=now,
            digest=digest,
            facts=facts_of(content),
        )
        files = files_of(content, issued_of(report, self.address))
        report.files = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        report.save()
        return Handed(report, files)

    def logged(self, result: Handed) -> Report:
        return result.report

    def _by(self) -> str:
        return self.actor.ref if self.actor is not None and self.reader.side != "public" else "public"


def issued_of(report: Report, address: str) -> Issued:
    return Issued(
        number=report.number,
        code=report.code,
        address=address.format(code=report.code),
        extent=str(dict(Report.Extent.choices)[report.extent]),
        full=report.is_full,
        issued_at=timezone.localtime(report.issued_at),
        digest=report.digest,
        issuer=str(settings.HENGJIAN_ORGANISER),
        purpose=report.purpose,
    )


def again(report: Report, reader: Reader, address: str) -> dict[str, bytes] | None:
    """The files of a report once more; None when what they said does not hold any more.

    The content is gathered anew for the same kind of reader: if anything in it was repaired, expired or corrected
    since, its digest differs, and the old content is gone for good.
    """
    content = content_of(Dossier(report.enterprise, reader))
    return files_of(content, issued_of(report, address)) if digest_of(content) == report.digest else None


def is_outdated(report: Report) -> bool:
    """Whether a fact of the report was sealed, replaced, withdrawn or has ended since; not which one."""
    ids: list[Any] = list(report.facts)
    standing = 0
    for start in range(0, len(ids), ROUND):
        standing += facts(disclosure="internal").filter(id__in=ids[start : start + ROUND]).count()
    return standing < len(ids)


def report_of(code: str) -> Report | None:
    """The report with a query code or number, however it is written."""
    text = code.strip().upper().replace(" ", "")
    plain = text.replace("-", "")
    grouped = "-".join(plain[start : start + 4] for start in range(0, len(plain), 4))
    return Report.objects.filter(code=grouped).select_related("enterprise").first()
