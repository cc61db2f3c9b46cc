"""What an enterprise or a person files here: the claim of an enterprise, the objection to what is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.cases.actions import OpenCase
from hengjian.cases.actions.opening import Opened
from hengjian.cases.models import Case
from hengjian.credit.dossier.dossier import Dossier
from hengjian.credit.dossier.readers import READ, Reader
from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.queries import ValueSource, values_of
from hengjian.enterprises.sections import Line
from hengjian.parties.models import Region, Unit, User
from hengjian.parties.policies import may_anywhere
from hengjian.parties.verbs import ActionRefused

CLAIM, OBJECTION = "enterprise_claim", "credit_objection"
# Whose families register enterprises, and answer for what nobody else does.
REGISTRARS = ("market_regulation", "industry_commerce")
OPEN_CLAIMS = 3


@dataclass(frozen=True)
class Item:
    """What an objection is about.

    Attributes:
        about: value, matter or grade.
        ref: fact of the matter, or code of the field.
        unit: who said so; None where nobody is known.
    """

    about: str
    title: str
    ref: str
    unit: Unit | None


def registrar(region: Region) -> Unit:
    """The unit that registers enterprises in the region or the nearest above.

    Raises:
        ActionRefused: there is none.
    """
    here: Region | None = region
    while here is not None:
        found = Unit.objects.valid_on(timezone.localdate()).filter(family__in=REGISTRARS, region=here).first()
        if found is not None:
            return found
        here = here.parent
    raise ActionRefused(
        _("“%(region)s”没有登记机关。") % {"region": region.name}, _("请联系系统管理员登记负责单位后再提交。")
    )


def open_claims(user: User) -> list[Case]:
    """The claims of a person that are not decided."""
    return list(Case.objects.filter(type=CLAIM, owner=user, closed_at=None).order_by("-opened_at"))


def claim(
    user: User, enterprise: Enterprise, values: dict[str, Any], files: Sequence[tuple[str, bytes]], token: str
) -> Opened:
    """File the claim of an enterprise.

    Raises:
        ActionRefused: the account belongs to a unit already, or has too many claims open.
    """
    if user.unit is not None or may_anywhere(user, READ):
        raise ActionRefused(
            _("您的账号已属于“%(unit)s”，不能再认领企业。") % {"unit": user.unit or ""}, _("请使用本人的其他账号申请。")
        )
    waiting = open_claims(user)
    if any(case.data.get("enterprise_key") == enterprise.key for case in waiting):
        raise ActionRefused(_("您已申请认领这家企业，正在核对。"), _("可在“我的事项”查看进度。"))
    if len(waiting) >= OPEN_CLAIMS:
        raise ActionRefused(_("您有 %(n)d 件认领申请正在核对。") % {"n": len(waiting)}, _("请等待核对结束后再申请。"))
    known = {"enterprise": enterprise.code, "enterprise_key": enterprise.key, "enterprise_name": enterprise.name}
    return OpenCase(
        user=user,
        owner=user,
        type=CLAIM,
        values={**values, **known},
        unit=registrar(enterprise.region),
        region=enterprise.region,
        subject=enterprise.subject,
        channel="web",
        files=list(files),
        token=token,
    ).execute()


def find_item(dossier: Dossier, fact: str = "", field: str = "") -> Item | None:
    """What the address names, among what the enterprise itself sees."""
    if fact:
        for shown in dossier.all():
            for line in shown.lines:
                if str(line.fact) == fact:
                    # A record is named by its number: after its repair no file of an objection tells what it said.
                    record = next((one for one in dossier.records if one.fact == line.fact), None)
                    if record is not None:
                        return Item("matter", record.number, fact, record.organ)
                    return Item("matter", f"{line.title} {line.number}".strip()[:200], fact, _unit_of(line, dossier))
        return None
    if field:
        from hengjian.credit.dossier.standing import FIELD_OF

        said = [value for value in values_of(dossier.enterprise) if value.field == field]
        if field not in FIELD_OF or not said:
            return None
        return Item("value", f"{FIELD_OF[field].title}：{said[0].value}"[:200], field, _source(said))
    return None


def _source(said: list[ValueSource]) -> Unit:
    return said[0].source


def _unit_of(line: Line, dossier: Dossier) -> Unit | None:
    matter = next((matter for matter in dossier.gathered.matters if matter.last.id == line.fact), None)
    key = matter.last.source_unit.removeprefix("unit:") if matter is not None else ""
    return Unit.objects.filter(key=key).exclude(kind=Unit.Kind.ENTERPRISE).first() if key else None


def grade_item() -> Item:
    return Item("grade", str(_("质量信用等级")), "grade", None)


def object_to(
    user: User,
    enterprise: Enterprise,
    item: Item,
    claim: str,
    wanted: str,
    token: str,
    opened_at: datetime | None = None,
) -> Opened:
    """File an objection with whoever said so, else with the registrar of the region.

    Raises:
        ActionRefused: the same item is being examined already.
    """
    same = Case.objects.filter(type=OBJECTION, filer=user.unit, closed_at=None)
    if any(case.data.get("item_ref") == item.ref for case in same):
        raise ActionRefused(_("这一事项的异议正在办理。"), _("可在“我的事项”查看进度。"))
    return OpenCase(
        user=user,
        filer=user.unit,
        type=OBJECTION,
        values={
            "enterprise": enterprise.code,
            "enterprise_name": enterprise.name,
            "about": item.about,
            "item": item.title,
            "item_ref": item.ref,
            "claim": claim,
            "wanted": wanted,
        },
        unit=item.unit or registrar(enterprise.region),
        region=enterprise.region,
        subject=enterprise.subject,
        channel="web",
        token=token,
        opened_at=opened_at,
    ).execute()


def own_dossier(user: User, enterprise: Enterprise) -> Dossier:
    return Dossier(enterprise, Reader("own", user))
