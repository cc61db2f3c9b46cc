"""The verb of this room: take in a digital calibration certificate."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hengjian.documents.actions import store_checked
from hengjian.documents.uploads import Checked
from hengjian.methods.calibration_certificates import (
    CalibrationCertificate,
    CertificateError,
    Quantity,
    read_certificate,
)
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.registers.actions import CreateEntry
from hengjian.registers.models import EntryBase
from hengjian.registers.queries import find

SUBJECT = "calibration"
LONGEST = 20_000


@dataclass(frozen=True)
class TakenIn:
    """The record of a certificate; `repeated`: the same file had been taken in before."""

    entry: EntryBase
    repeated: bool


@dataclass(kw_only=True)
class ImportCalibration(Action[TakenIn]):
    """Keep a certificate's original with its hash and enter what it says. The same file again changes nothing.

    Raises (beside the usual):
        ActionRefused: no certificate, or another file with the number of one that is known.
    """

    verb = "registers.edit"

    data: bytes
    name: str
    unit: Unit
    region: Region
    read: CalibrationCertificate = field(init=False)

    def target(self) -> Scope:
        return Scope(unit=self.unit, region=self.region)

    def check_state(self) -> None:
        try:
            self.read = read_certificate(self.data)
        except CertificateError as error:
            english = (get_language() or "").startswith("en")
            raise ActionRefused(error.message_en if english else error.message_zh, status=400) from None

    def perform(self) -> TakenIn:
        known = find("calibration_certificate", self.read.identifier[:80])
        address = f"sha256:{self.read.sha256}"
        if known is not None:
            if known.value("original") == address:
                return TakenIn(known, True)
            raise ActionRefused(
                _("编号 %(number)s 的证书已登记，但内容不同。") % {"number": known.key},
                _("同一编号不应有两份内容，请向出具机构核实后再处理。"),
            )
        entry = CreateEntry(
            user=self.actor,
            system=self.system,
            register="calibration_certificate",
            key=self.read.identifier[:80],
            values=values_of(self.read),
            unit=self.unit,
            region=self.region,
            valid_from=self.read.dated,
        ).execute()
        checked = Checked(name=self.name[:200], extension="xml", media_type="application/xml")
        by = self.actor.ref if self.actor is not None else self.system
        store_checked(self.data, checked, subject=entry.ref, stored_by=by)
        return TakenIn(entry, False)

    def logged(self, result: TakenIn) -> EntryBase:
        return result.entry


def values_of(read: CalibrationCertificate) -> dict[str, object]:
    """The fields of the register from what the certificate says."""
    first = read.items[0]
    more = _("等 %(n)d 件") % {"n": len(read.items)} if len(read.items) > 1 else ""
    return {
        "item": f"{first.name or first.model or _('未注明器具')}{more}"[:200],
        "maker": first.manufacturer[:200],
        "model": first.model[:200],
        "serial": first.serial[:200],
        "laboratory": read.laboratory[:200],
        "laboratory_code": read.laboratory_code[:200],
        "customer": read.customer[:200],
        "calibrated_on": read.performed_to,
        "issued_on": read.issued_on,
        "format_version": read.schema[:20],
        "results": results_text(read.quantities),
        "original": f"sha256:{read.sha256}",
    }


def results_text(quantities: tuple[Quantity, ...]) -> str:
    """One line per quantity: result, name, values with unit, uncertainty and coverage factor; whole lines only."""
    lines: list[str] = []
    for item in quantities:
        unit = item.unit.replace("\\", " ").strip()
        spread = f"；U = {'、'.join(map(str, item.uncertainties))}" if item.uncertainties else ""
        factor = f"（k = {item.coverage}）" if item.coverage is not None else ""
        lines.append(f"{item.result} | {item.name} | {'、'.join(map(str, item.values))} {unit}{spread}{factor}")
    kept: list[str] = []
    for line in lines:
        if sum(map(len, kept)) + len(kept) + len(line) > LONGEST:
            break
        kept.append(line)
    return "\n".join(kept)
