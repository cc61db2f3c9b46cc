"""What programmes make public through `publishing`: shortlists with objections, revocations, the list of holders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian import rulebook
from hengjian.cases.hooks import StepContext
from hengjian.parties.models import Confidentiality, Unit, User
from hengjian.programmes.actions.base import SYSTEM, declaration
from hengjian.programmes.models import Application, Edition
from hengjian.publishing.actions import PublishNotice, WriteNotice
from hengjian.publishing.lists import Cell, ListColumn, PublicList
from hengjian.publishing.models import Notice, Objection
from hengjian.registers.catalogue import register_type
from hengjian.registers.models import EntryBase
from hengjian.registers.queries import counting, entries
from hengjian.rulebook.parameters.codes import Codes

HONOUR = "honour"


def publish_shortlist(
    edition: Edition, rows: Sequence[Application], *, writer: User | None, publisher: User | None
) -> Notice:
    """Publish who is to be chosen, for objections. Public records are in Chinese."""
    programme = declaration(edition)
    names = {level.code: level.title for level in programme.levels}
    lines = [
        f"{place}. {row.holder}{f'（{names[row.level]}）' if row.level in names else ''}"
        for place, row in enumerate(rows, start=1)
    ]
    body = (
        f"经申报、资格审查和评审，拟确定以下 {len(rows)} 个对象入选{programme.title}（{edition.title}），现予公示。"
        "公示期内如有异议，请以书面或在线方式提出，并提供证据和联系方式。\n\n" + "\n".join(lines)
    )
    notice = WriteNotice(
        user=None,
        system=SYSTEM,
        unit=edition.unit,
        region=edition.region,
        title=f"{programme.title}（{edition.title}）拟入选名单公示",
        body=body,
        kind=Notice.Kind.PUBLICITY,
        subject=edition.ref,
        term=programme.notice,
        contact=edition.contact,
    ).execute()
    notice.written_by = writer
    notice.save(update_fields=["written_by"])
    return PublishNotice(user=publisher, system="" if publisher is not None else SYSTEM, notice=notice).execute()


def open_objections(notice: int) -> int:
    """Objections that nobody has decided yet."""
    return Objection.objects.filter(notice=notice, state=Objection.State.FILED).count()


def objections_until(edition: Edition) -> date | None:
    """The last day for objections as it stands now; the notice's clock moves it when the calendar changes."""
    if edition.notice is None:
        return edition.notice_to
    found = Notice.objects.filter(pk=edition.notice).values_list("objections_until", flat=True).first()
    return found or edition.notice_to


def winners(edition: Edition) -> list[tuple[Application, EntryBase]]:
    """Who was awarded in a decided edition and holds it in public today, by rank; nobody before the decision."""
    if edition.state != Edition.State.DECIDED:
        return []
    rows = edition.applications.filter(case__outcome="awarded").select_related("edition").order_by("rank", "pk")
    declared = register_type("honour")
    shown = entries("honour").filter(
        counting(declared), pk__in=[row.entry for row in rows if row.entry], confidentiality=Confidentiality.PUBLIC
    )
    holders = {entry.pk: entry for entry in shown}
    return [(row, holders[row.entry]) for row in rows if row.entry in holders]


def publish_revocation(entry: EntryBase, ground: str, context: StepContext) -> Notice:
    """Publish that an honour was revoked and why; written by who heard the holder, published by who decides."""
    words = ground_words(ground, entry.region.code, timezone.localdate(context.at))
    honour = entry.extras.get("programme_title") or register_type(entry.register).title
    notice = WriteNotice(
        user=None,
        system=SYSTEM,
        unit=entry.unit,
        region=entry.region,
        title=f"关于撤销{entry.title}“{honour}”的公告",
        body=f"经查，{entry.title}存在“{words}”的情形。依照有关规定，决定自即日起撤销其“{honour}”（{entry.key}）。",
        kind=Notice.Kind.ANNOUNCEMENT,
        subject=entry.ref,
        objections_open=False,
        stays=True,
    ).execute()
    return PublishNotice(user=None, system=SYSTEM, notice=notice).execute()


def ground_words(ground: str, region: str, on: date) -> str:
    """The title of a ground of revocation; its code where the list does not know it."""
    try:
        codes = rulebook.at("codes", region, on, variant="honour-revocation").typed(Codes)
    except rulebook.RuleNotFound:
        return ground
    item = codes.item(ground)
    return item.title if item is not None else ground


def holders(on: date) -> Iterable[Mapping[str, Cell]]:
    """Everybody who holds an honour on a day: what is revoked leaves the list on the day."""
    declared = register_type(HONOUR)
    for entry in entries(HONOUR).filter(counting(declared, on)).order_by("key"):
        yield {
            "key": entry.key,
            "holder": entry.title,
            "honour": entry.extras.get("programme_title", ""),
            "edition": entry.extras.get("edition", ""),
            "level": entry.extras.get("level", ""),
            "granted_on": entry.extras.get("granted_on", ""),
            "valid_to": entry.valid_to,
        }


def keeper() -> Unit | None:
    """In whose name the list is published: the market regulation authority of the whole region."""
    return Unit.objects.filter(family="market_regulation").order_by("region__code").first()


HOLDERS = PublicList(
    code="honours",
    title=_("荣誉与命名名单"),
    columns=(
        ListColumn("key", "证书编号", "Certificate number"),
        ListColumn("holder", "持有人", "Holder"),
        ListColumn("honour", "荣誉名称", "Honour"),
        ListColumn("edition", "届次", "Edition"),
        ListColumn("level", "等次", "Grade"),
        ListColumn("granted_on", "授予日期", "Given on"),
        ListColumn("valid_to", "有效期止", "Valid until"),
    ),
    key="key",
    rows=holders,
    automatic=True,
    keeper=keeper,
    history=True,
    basis=_("评选与创建项目经公示、审定授予，且在有效期内、未被撤销。"),
    order=30,
)
