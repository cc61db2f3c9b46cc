"""A few enterprises as registers have them: branches, former names, places with a dot, letters, ended ones."""

from __future__ import annotations

from collections.abc import Iterable

from hengjian.enterprises.models import Enterprise, EnterpriseCode, EnterpriseName
from hengjian.enterprises.search.indexing import index
from hengjian.methods import uscc
from hengjian.parties.models import Region

#: name → (region, kind, status, former name)
NAMES: dict[str, tuple[str, str, str, str]] = {
    "澜州市鑫达商贸有限责任公司": ("990100", "company", "active", ""),
    "澜州市鑫大商贸有限公司": ("990100", "company", "active", ""),
    "石泉县鑫达商贸有限公司": ("990321", "company", "active", ""),
    "澜川鑫达科技有限公司": ("990100", "company", "deregistered", ""),
    "澜川鑫达科技发展有限公司": ("990100", "company", "active", ""),
    "大鑫达来科技有限公司": ("990100", "company", "active", ""),
    "澜川重工集团股份有限公司": ("990100", "company", "active", "澜川机械厂"),
    "石泉县阿拉善·博尔塔拉奶业专业合作社": ("990321", "cooperative", "active", ""),
    "澜州市TCL电器销售有限公司": ("990100", "company", "active", ""),
    "澜州市第一人民医院": ("990100", "hospital_school", "active", ""),
    "澜州市绿源食品有限公司": ("990100", "company", "active", ""),
    "石泉县王记小吃店": ("990321", "sole_trader", "active", ""),
    "澜川科技馆": ("990100", "gov_or_other", "active", ""),
}


def code_for(number: int, region: str = "990100") -> str:
    """A valid code of an invented body."""
    inner = f"{number:08d}"
    body = f"91{region}{inner}{uscc.organisation_check_character(inner)}"
    return body + uscc.check_character(body)


def regions() -> dict[str, Region]:
    top = Region.objects.get_or_create(code="990000", defaults={"name": "澜川自治区", "level": "provincial"})[0]
    found = {"990000": top}
    for code, name, above in (("990100", "澜州市", "990000"), ("990300", "石泉地区", "990000")):
        found[code] = Region.objects.get_or_create(
            code=code, defaults={"name": name, "level": "prefecture", "parent": found[above]}
        )[0]
    found["990321"] = Region.objects.get_or_create(
        code="990321", defaults={"name": "石泉县", "level": "county", "parent": found["990300"]}
    )[0]
    return found


def enter(name: str, number: int, region: Region, kind: str = "company", status: str = "active") -> Enterprise:
    return Enterprise.objects.create(
        key=f"E{number:07d}", code=code_for(number, region.code), name=name, kind=kind, region=region, status=status
    )


def build(indexed: bool = True) -> dict[str, Enterprise]:
    """Name → enterprise."""
    places, made = regions(), {}
    for number, (name, (region, kind, status, former)) in enumerate(NAMES.items(), start=11):
        made[name] = enter(name, number, places[region], kind, status)
        if former:
            EnterpriseName.objects.create(enterprise=made[name], name=former, kind=EnterpriseName.Kind.FORMER)
    heavy = made["澜川重工集团股份有限公司"]
    EnterpriseCode.objects.create(enterprise=heavy, scheme=EnterpriseCode.Scheme.REGISTRATION, value="990100000001234")
    if indexed:
        index([row.pk for row in made.values()])
    return made


def names_of(hits: Iterable[object]) -> list[str]:
    return [hit.enterprise.name for hit in hits]  # type: ignore[attr-defined]
