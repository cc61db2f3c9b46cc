"""The verbs on certificates of conformity: issue, issue anew, collect, withdraw, check.

Each writes the trace event in the same transaction, so that the chain is unbroken without a second entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.clocks.calendar import current_calendar
from hengjian.clocks.rules import Term, due
from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.methods import uscc
from hengjian.parties.models import Unit
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.registers.actions import FileEntry, SetFiledStatus, SetStatus
from hengjian.registers.catalogue import register_type
from hengjian.registers.keepers import keeper_for
from hengjian.rulebook.parameters.terms import Terms
from hengjian.trace.events.capture import add_events
from hengjian.trace.events.models import Event
from hengjian.trace.exchange import policies
from hengjian.trace.exchange.hosts import host
from hengjian.trace.exchange.lots import NODE, lot_uri, node_uri, own_uri
from hengjian.trace.exchange.mapping import to_event
from hengjian.trace.exchange.messages import Arrival, Line, Production, Trade
from hengjian.trace.exchange.models import CertificateSource, CollectedCertificate, ConformityCertificate
from hengjian.trace.exchange.stock import available_to, plain, quantity_of
from hengjian.trace.exchange.subjects import node_number

REGISTER = "conformity_certificate"


def certificate_uri(number: str) -> str:
    """The identifier of a certificate; also the address behind its QR code."""
    return own_uri(host(), "certificate", number)


def line_of(certificate: ConformityCertificate, quantity: Decimal) -> Line:
    """So much of a certificate's lot."""
    extras = certificate.extras
    return Line(
        goods_code=extras.get("product_code") or "",
        goods_name=certificate.product,
        batch=certificate.lot_number,
        minted_by=node_number(certificate.filer or certificate.unit),
        quantity=quantity,
        uom=extras["uom"],
        origin_code=extras.get("place_code") or "",
        origin=extras.get("origin") or "",
    )


@dataclass(kw_only=True)
class IssueCertificate(Action[ConformityCertificate]):
    """Issue a certificate for a production lot; with `sources`, issue anew for a lot mixed or repacked from others.

    Attributes:
        unit: the promiser, the person's own unit.
        values: raw values of the register's fields; lot, holder and sources are filled in.
        sources: (certificate, how much of its lot went in).
        farm_inputs: statutory codes of the inputs that were used.
        at: when the lot was made; now by default.
    """

    verb = policies.CERTIFY
    unit: Unit
    values: Mapping[str, Any]
    sources: Sequence[tuple[ConformityCertificate, Decimal]] = ()
    farm_inputs: Sequence[str] = ()
    at: datetime = field(default_factory=timezone.now)

    def target(self) -> Scope:
        return Scope(unit=self.unit, region=self.unit.region)

    def check_state(self) -> None:
        if self.at > timezone.now():
            raise ActionRefused(_("生产时间不能晚于现在。"), _("请更正时间。"), status=400)
        for source, quantity in self.sources:
            if source.status == "withdrawn":
                raise ActionRefused(
                    _("来源合格证 %(number)s 已撤回，不能再用。") % {"number": source.key}, _("请隔离这批产品。")
                )
            left = available_to(source, self.unit)
            if quantity <= 0 or quantity > left:
                raise ActionRefused(
                    _("来源合格证 %(number)s 可用 %(left)s，本次填写 %(given)s。")
                    % {"number": source.key, "left": plain(left), "given": plain(quantity)},
                    _("请核对用量；没有收取的合格证请先收取。"),
                    status=400,
                )

    def perform(self) -> ConformityCertificate:
        unit = self.unit
        given = dict(self.values)
        batch = str(given.get("lot_number") or "")
        lot = lot_uri(host(), str(given.get("product_code") or ""), node_number(unit), batch)
        if ConformityCertificate.objects.filter(lot=lot).exclude(status="withdrawn").exists():
            raise ActionRefused(
                _("生产批次 %(batch)s 已经开具过合格证。") % {"batch": batch}, _("请换一个批次号，或撤回原证后重开。")
            )
        given |= {
            "holder_name": unit.name,
            "lot": lot,
            "sources": "、".join(source.key for source, _quantity in self.sources),
            "issued_on": given.get("issued_on") or timezone.localdate().isoformat(),
        }
        if uscc.is_valid(unit.key.upper()):
            given["holder"] = unit.key.upper()
        entry = FileEntry(
            user=self.user,
            system=self.system,
            register=REGISTER,
            values=given,
            unit=keeper_for(register_type(REGISTER), unit, unit.region),
            region=unit.region,
            filer=unit,
        ).execute()
        assert isinstance(entry, ConformityCertificate)
        CertificateSource.objects.bulk_create(
            CertificateSource(certificate=entry, source=source, quantity=quantity) for source, quantity in self.sources
        )
        self._tell(entry)
        for source, _quantity in self.sources:
            self._close(source)
        return entry

    def _tell(self, entry: ConformityCertificate) -> None:
        message = Production(
            node=node_number(self.unit),
            node_name=self.unit.name,
            at=self.at,
            inputs=tuple(line_of(source, quantity) for source, quantity in self.sources),
            lines=(line_of(entry, quantity_of(entry)),),
            farm_inputs=tuple(self.farm_inputs),
        )
        event = to_event(message, host())
        event["bizTransactionList"] = [{"type": "cert", "bizTransaction": certificate_uri(entry.key)}]
        add_events([event], party=self.unit, user=self.actor, system=self.system)

    def _close(self, source: ConformityCertificate) -> None:
        """A lot of one's own that went wholly into new ones has no certificate in use any more."""
        if source.filer_id == self.unit.pk and available_to(source, self.unit) <= 0 and source.status == "valid":
            SetStatus(
                user=None, system="trace", entry=source, status="reissued", reason=_("混装或分装后重新开具")
            ).execute()


@dataclass(kw_only=True)
class CollectCertificate(Action[CollectedCertificate]):
    """A buyer takes a certificate in with the goods; kept as long as the law asks, and the arrival is an event."""

    verb = policies.CERTIFY
    unit: Unit
    certificate: ConformityCertificate
    quantity: Decimal
    at: datetime = field(default_factory=timezone.now)

    def target(self) -> Scope:
        return Scope(unit=self.unit, region=self.unit.region)

    def check_state(self) -> None:
        certificate = self.certificate
        if certificate.filer_id == self.unit.pk:
            raise ActionRefused(_("这是本企业自己开具的合格证，不用收取。"), _("请核对编号。"))
        if certificate.status == "withdrawn":
            raise ActionRefused(_("这张合格证已撤回。"), _("请不要收购这批产品，并告知供货商。"))
        taken = certificate.collections.aggregate(sum=Sum("quantity"))["sum"] or Decimal(0)
        left = quantity_of(certificate) - taken
        if not 0 < self.quantity <= left:
            raise ActionRefused(
                _("这张合格证共 %(whole)s，尚未被收取的有 %(left)s，本次填写 %(given)s。")
                % {
                    "whole": plain(quantity_of(certificate)),
                    "left": plain(left),
                    "given": plain(self.quantity),
                },
                _("请核对数量；如与实物不符，请与供货商或监管部门联系。"),
                status=400,
            )
        day = timezone.localdate(self.at)
        if certificate.collections.filter(unit=self.unit, on=day).exists():
            raise ActionRefused(_("今天已经收取过这张合格证。"), _("无需重复登记。"))

    def perform(self) -> CollectedCertificate:
        certificate, unit = self.certificate, self.unit
        day = timezone.localdate(self.at)
        message = Arrival(
            node=node_number(unit),
            node_name=unit.name,
            at=self.at,
            supplier=node_number(certificate.filer or certificate.unit),
            supplier_name=certificate.holder_name,
            lines=(line_of(certificate, self.quantity),),
        )
        event = to_event(message, host())
        event["bizTransactionList"] = [{"type": "cert", "bizTransaction": certificate_uri(certificate.key)}]
        add_events([event], party=unit, user=self.actor, system=self.system)
        return CollectedCertificate.objects.create(
            certificate=certificate,
            unit=unit,
            on=day,
            quantity=self.quantity,
            keep_until=keep_until(unit.region.code, day),
            recorded_by=self.actor,
        )


def keep_until(region: str, day: date) -> date:
    """Until when a certificate issued or collected on a day must be kept."""
    spec = rulebook.at("terms", region, day, "conformity-retention").typed(Terms).term
    assert spec is not None
    return due(day, Term(spec.amount, spec.unit, spec.roll), current_calendar(region)).day


@dataclass(kw_only=True)
class SellLot(Action[Event]):
    """Sell from a lot that one has: to another node, or to consumers where no buyer is named."""

    verb = policies.CERTIFY
    unit: Unit
    certificate: ConformityCertificate
    quantity: Decimal
    buyer: str = ""
    buyer_name: str = ""
    at: datetime = field(default_factory=timezone.now)

    def target(self) -> Scope:
        return Scope(unit=self.unit, region=self.unit.region)

    def check_state(self) -> None:
        if self.certificate.status == "withdrawn":
            raise ActionRefused(_("这批产品的合格证已撤回，不能再卖。"), _("请封存这批产品。"))
        left = available_to(self.certificate, self.unit)
        if not 0 < self.quantity <= left:
            raise ActionRefused(
                _("这批产品还有 %(left)s，本次填写 %(given)s。") % {"left": plain(left), "given": plain(self.quantity)},
                _("请核对数量。"),
                status=400,
            )
        if self.buyer and not NODE.fullmatch(self.buyer):
            raise ActionRefused(
                _("买方编号应为统一社会信用代码或追溯主体编号。"), _("不知道编号的可以只写买方名称。"), status=400
            )

    def perform(self) -> Event:
        message = Trade(
            node=node_number(self.unit),
            node_name=self.unit.name,
            at=self.at,
            buyer=self.buyer,
            buyer_name=self.buyer_name,
            lines=(line_of(self.certificate, self.quantity),),
        )
        event = to_event(message, host())
        event["bizTransactionList"] = [{"type": "cert", "bizTransaction": certificate_uri(self.certificate.key)}]
        captured = add_events([event], party=self.unit, user=self.actor, system=self.system)
        if not captured.ids:
            raise ActionRefused(_("这笔销售已经登记过。"), _("无需重复登记。"))
        return captured.added[0]

    def logged(self, result: Event) -> ConformityCertificate:
        return self.certificate


@dataclass(kw_only=True)
class WithdrawCertificate(Action[ConformityCertificate]):
    """The promiser takes its certificate back; the page behind the code says so at once, the lot is not to be sold."""

    verb = policies.CERTIFY
    needs_reason = True
    certificate: ConformityCertificate

    def target(self) -> Scope:
        unit = self.certificate.filer or self.certificate.unit
        return Scope(unit=unit, region=unit.region)

    def perform(self) -> ConformityCertificate:
        certificate = self.certificate
        SetFiledStatus(
            user=self.user, system=self.system, entry=certificate, status="withdrawn", reason=self.reason
        ).execute()
        tell_withdrawn(certificate, certificate.filer or certificate.unit)
        return certificate

    def logged(self, result: ConformityCertificate) -> ConformityCertificate:
        return result


def tell_withdrawn(certificate: ConformityCertificate, party: Unit) -> None:
    """The event: the lot is not to be sold."""
    place = {"id": node_uri(host(), node_number(certificate.filer or certificate.unit))}
    now = timezone.localtime()
    event = {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "eventTime": now.isoformat(timespec="milliseconds"),
        "eventTimeZoneOffset": now.strftime("%z")[:3] + ":" + now.strftime("%z")[3:],
        "bizStep": "holding",
        "disposition": "non_sellable_other",
        "quantityList": [{"epcClass": certificate.lot}],
        "readPoint": place,
        "bizLocation": place,
        "bizTransactionList": [{"type": "cert", "bizTransaction": certificate_uri(certificate.key)}],
    }
    add_events([event], party=party, user=None, system="trace")


@dataclass(kw_only=True)
class CheckCertificate(Action[ConformityCertificate]):
    """An officer checks goods and records against a certificate; an untrue one is withdrawn by the office."""

    verb = policies.CHECK
    needs_reason = True
    certificate: ConformityCertificate
    verdict: Literal["true", "untrue"]

    def target(self) -> ConformityCertificate:
        return self.certificate

    def check_state(self) -> None:
        if self.certificate.status == "withdrawn":
            raise ActionRefused(_("这张合格证已撤回，无需核查。"), _("请刷新页面。"))

    def perform(self) -> ConformityCertificate:
        certificate, actor = self.certificate, self.actor
        office = (actor.unit if actor else None) or certificate.unit
        if self.verdict == "untrue":
            SetStatus(
                user=None, system="trace", entry=certificate, status="withdrawn", reason=self.reason.strip()
            ).execute()
            tell_withdrawn(certificate, office)
        holder = certificate.holder
        append(
            FactDraft(
                kind="conformity.checked",
                subject=f"enterprise:{holder}" if holder else certificate.ref,
                payload={"certificate": certificate.key, "verdict": self.verdict, "note": self.reason.strip()[:500]},
                region=certificate.region.code,
                occurred_on=timezone.localdate(),
                source=Source(unit=office.ref, user=actor.ref if actor else "", system=self.system),
                refs={"lot": f"lot:{certificate.lot}"},
            )
        )
        return certificate
