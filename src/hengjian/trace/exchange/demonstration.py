"""The room's part of the demonstration: two months of a valley's vegetables and lamb on small producers' phones, files
of a market, products and inputs on record, what consumers looked up."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.utils import timezone

from hengjian.methods import fictional, gs1
from hengjian.parties.models import Region, Unit
from hengjian.registers.actions import CreateEntry
from hengjian.registers.catalogue import register_type
from hengjian.registers.keepers import keeper_for
from hengjian.registers.queries import entries, find
from hengjian.trace.events.models import EventThing, MasterItem
from hengjian.trace.exchange import batches
from hengjian.trace.exchange.certificates import (
    CheckCertificate,
    CollectCertificate,
    IssueCertificate,
    SellLot,
    WithdrawCertificate,
)
from hengjian.trace.exchange.intake import HandIn, TakeBatch, UndoBatch
from hengjian.trace.exchange.models import ConformityCertificate, ExchangeBatch, Lookup
from hengjian.trace.exchange.stock import available_to, quantity_of
from hengjian.trace.exchange.subjects import node_number

ORDER = 58
SYSTEM = "demonstration"
#: Role → (trade, region, node type); the same firms whenever it is asked.
FIRMS = {
    "grower": ("果蔬种植", "990321", "planting"),
    "second": ("果蔬种植", "990322", "planting"),
    "herd": ("果蔬种植", "990302", "breeding"),
    "dealer": ("商贸零售", "990302", "purchasing"),
    "shop": ("商贸零售", "990321", "supermarket"),
    "silent": ("商贸零售", "990322", "retail_market"),
}
GOODS = {
    "grower": (("番茄", "vegetable", "北川县青渠村"), ("辣椒", "vegetable", "北川县青渠村")),
    "second": (("番茄", "vegetable", "榆台县柳湾"), ("苹果", "fruit", "榆台县柳湾")),
    "herd": (("羔羊", "livestock", "城北区白塔牧场"),),
}
PESTICIDE = "1" + "202611" + "1" + "050" + "730194628810573946105"
VETERINARY = "20260118" + "07731" + "58201946377"


def build(now: datetime, random: Random) -> None:
    """The last days, files, what was looked up; the weeks before are `EARLIER`."""
    firms = _firms()
    if not firms:
        return
    _products()
    _imports(random)
    _decide(firms)
    _files(firms, timezone.localtime(now))
    _lookups(random, timezone.localdate(now))


def begin(now: datetime, random: Random) -> None:
    """Subjects, places, inputs, imports come on record."""
    firms = _firms()
    if not firms:
        return
    for role, unit in firms.items():
        _subject(unit, FIRMS[role][2])
    _places(firms)
    _inputs(firms)


def week(now: datetime, random: Random) -> None:
    """One round: lots are made, collected, mixed, sold."""
    firms = _firms()
    day = timezone.localdate(now)
    made: list[ConformityCertificate] = []
    for role, goods in GOODS.items():
        if role in firms:
            made += [_issue(firms[role], name, kind, origin, day, random) for name, kind, origin in goods]
    if not {"dealer", "shop"} <= firms.keys():
        return
    dealer, shop = firms["dealer"], firms["shop"]
    for row in made:
        part = (quantity_of(row) * Decimal(random.choice(("0.5", "0.6", "0.8")))).quantize(Decimal(1))
        _sell(row, part, dealer)
        CollectCertificate(user=None, system=SYSTEM, unit=dealer, certificate=row, quantity=part).execute()
    mixed = [row for row in made if row.product == "番茄"]
    if len(mixed) == 2:
        amounts = [(row, available_to(row, dealer)) for row in mixed]
        total = sum((amount for _row, amount in amounts), Decimal(0))
        values = _values("番茄（分装）", "vegetable", "北川县、榆台县", f"{day:%Y%m%d}-H", total)
        new = IssueCertificate(user=None, system=SYSTEM, unit=dealer, values=values, sources=amounts).execute()
        _sell(new, (total / 2).quantize(Decimal(1)), shop)
        CollectCertificate(
            user=None, system=SYSTEM, unit=shop, certificate=new, quantity=(total / 2).quantize(Decimal(1))
        ).execute()
        SellLot(user=None, system=SYSTEM, unit=shop, certificate=new, quantity=Decimal(12)).execute()


#: (days before the end, what happens).
EARLIER = ((60, begin), (52, week), (38, week), (24, week), (9, week), (2, week))


def _firms() -> dict[str, Unit]:
    """The units of the story; none where the fictional region is not there."""
    regions = {region.code: region for region in Region.objects.filter(code__in={row[1] for row in FIRMS.values()})}
    if len(regions) < 3:
        return {}
    roster = fictional.roster()
    found: dict[str, Unit] = {}
    for role, (trade, place, _node) in FIRMS.items():
        known = {unit.key for unit in found.values()}
        firm = next(one for one in roster if one.trade == trade and one.region == place and one.code not in known)
        region = regions[place]
        found[role], _made = Unit.objects.get_or_create(
            key=firm.code,
            defaults={"name": firm.name, "kind": Unit.Kind.ENTERPRISE, "level": region.level, "region": region},
        )
    return found


def _enter(register: str, key: str, values: dict[str, Any], region: Region, **more: Any) -> None:
    declared = register_type(register)
    keeper = keeper_for(declared, Unit.objects.filter(family__in=declared.keepers)[0], region)
    if find(register, key) is None:
        CreateEntry(
            user=None, system=SYSTEM, register=register, key=key, values=values, unit=keeper, region=region, **more
        ).execute()


def _subject(unit: Unit, node: str) -> None:
    number = f"ZS{unit.region.code}{unit.pk:06d}"
    address = next((one.address for one in fictional.roster() if one.code == unit.key), "")
    values = {"name": unit.name, "holder": unit.key, "node": node, "address": address}
    _enter("trace_subject", number, values, unit.region)


def _places(firms: dict[str, Unit]) -> None:
    for number, role in enumerate(("grower", "second", "herd"), start=1):
        unit, origin = firms[role], GOODS[role][0][2]
        values = {
            "name": origin,
            "holder": unit.key,
            "holder_name": unit.name,
            "area_mu": str(120 * number + 35),
            "grows": "、".join(name for name, _kind, _origin in GOODS[role]),
            "tested": timezone.localdate().isoformat(),
            "result": "fit",
        }
        _enter("production_place", f"{unit.region.code}{number:05d}", values, unit.region)


def _inputs(firms: dict[str, Unit]) -> None:
    place = firms["grower"].region
    maker = next(one for one in fictional.roster() if one.trade == "化工")
    seeds = next(one for one in fictional.roster() if one.trade == "种子")
    drugs = next(one for one in fictional.roster() if one.trade == "医药")
    for key, name, kind, holder, code, days in (
        ("PD20202611", "吡虫啉可湿性粉剂", "pesticide", maker, PESTICIDE, 7),
        ("PD20182207", "阿维菌素乳油", "pesticide", maker, "1" + "182207" + "2" + "100" + "664019283746550192837", 14),
        ("兽药字990012345", "伊维菌素注射液", "veterinary", drugs, VETERINARY, 35),
        ("990000青穗2025001", "青穗二号番茄种子", "seed", seeds, "QS25A0001788", 0),
        ("农肥990018号", "腐植酸有机肥", "fertiliser", maker, "", 0),
    ):
        values = {"name": name, "kind": kind, "holder": holder.code, "holder_name": holder.name, "pause_days": days}
        _enter("farm_input", key, {**values, **({"label_code": code} if code else {})}, place)


def _imports(random: Random) -> None:
    region = Region.objects.get(code="990000")
    for key, name, country, products in (
        ("CNOR01120099", "Fjordvik Meieri AS", "挪威", "乳制品"),
        ("CESP04470099", "Aceites Valdorna S.L.", "西班牙", "植物油"),
        ("CURY00330099", "Frigorífico Loma Clara", "乌拉圭", "牛羊肉"),
    ):
        values = {"name": name, "country": country, "products": products, "batches": 4, "refused": 0, "grade": "a"}
        _enter("overseas_maker", key, values, region)
    makers = list(entries("overseas_maker").order_by("key")[:3])
    firm = next(one for one in fictional.roster() if one.trade == "商贸零售" and one.region == "990100")
    values = {
        "name": firm.name,
        "holder": firm.code,
        "makers": "、".join(maker.key for maker in makers),
        "products": "乳制品、植物油",
    }
    _enter("food_importer", "9900600012", values, region)
    for number, maker in enumerate(makers, start=1):
        gtin = f"020000000{number:04d}"
        lot = f"{gs1.CANONICAL_DOMAIN}/01/{(gtin + gs1.check_digit(gtin)).zfill(14)}/10/IM{random.randint(100, 999)}"
        values = {
            "product": str(maker.value("products") or "食品")[:40],
            "importer": firm.code,
            "maker": maker.key,
            "lot": lot,
            "origin": str(maker.value("country") or ""),
            "quantity": str(800 * number),
            "measure": "箱",
            "arrived": timezone.localdate().isoformat(),
            "result": "passed" if number < 3 else "returned",
        }
        _enter("imported_lot", f"990020260000{number:04d}-01", values, region)


def _values(name: str, kind: str, origin: str, batch: str, quantity: Decimal) -> dict[str, Any]:
    return {
        "product": name,
        "category": kind,
        "lot_number": batch,
        "quantity": str(quantity),
        "uom": "KGM",
        "origin": origin,
        "bases": ["control", "self_test"],
        "contact": "19900001234",
    }


def _issue(unit: Unit, name: str, kind: str, origin: str, day: Any, random: Random) -> ConformityCertificate:
    number = ConformityCertificate.objects.filter(filer=unit, issued_on=day).count() + 1
    values = _values(name, kind, origin, f"{day:%Y%m%d}-{number}", Decimal(random.randrange(300, 900, 10)))
    inputs = [VETERINARY] if kind == "livestock" else [PESTICIDE]
    return IssueCertificate(
        user=None,
        system=SYSTEM,
        unit=unit,
        values=values,
        farm_inputs=inputs,
        at=timezone.now() - timedelta(hours=random.choice((1, 2, 5))),
    ).execute()


def _sell(certificate: ConformityCertificate, quantity: Decimal, buyer: Unit) -> None:
    seller = certificate.filer
    assert seller is not None
    SellLot(
        user=None,
        system=SYSTEM,
        unit=seller,
        certificate=certificate,
        quantity=quantity,
        buyer=node_number(buyer),
        buyer_name=buyer.name,
        at=timezone.now() - timedelta(minutes=50),
    ).execute()


# ---- the last days


def _products() -> None:
    """What captured master data names, as products on record."""
    for row in MasterItem.objects.filter(kind__endswith="EPCClass").select_related("party__region").order_by("pk"):
        identifier = gs1.examine(row.key).identifier
        name = next((str(value) for key, value in row.attributes.items() if key.endswith("descriptionShort")), "")
        if identifier is None or identifier.scheme != "gtin" or not name:
            continue
        values = {
            "name": name,
            "maker": row.party.key,
            "maker_name": row.party.name,
            "measure": "件",
            "shelf_days": 720 if "粉" in name or "酱" in name else 30,
        }
        _enter("trace_product", identifier.key, values, row.party.region)


def _decide(firms: dict[str, Unit]) -> None:
    """One certificate withdrawn by its issuer, one found true and one found untrue by the office."""
    own = ConformityCertificate.objects.filter(filer=firms["second"], product="苹果").order_by("-pk")
    if last := own.first():
        WithdrawCertificate(user=None, system=SYSTEM, certificate=last, reason="复检发现农药残留接近限量").execute()
    peppers = list(ConformityCertificate.objects.filter(filer=firms["grower"], product="辣椒").order_by("-pk")[:2])
    for row, verdict, reason in zip(
        peppers, ("true", "untrue"), ("与田间记录和自检报告相符", "没有自检记录，承诺依据不实"), strict=False
    ):
        CheckCertificate(
            user=None,
            system=SYSTEM,
            certificate=row,
            verdict="true" if verdict == "true" else "untrue",
            reason=reason,
        ).execute()


def _files(firms: dict[str, Unit], now: datetime) -> None:
    """A market's files: one taken in, one waiting with faults, one undone."""
    unit = Unit.objects.filter(key="990300-agriculture-rural").first()
    certificate = ConformityCertificate.objects.filter(filer=firms["herd"]).order_by("pk").first()
    if unit is None or certificate is None:
        return
    herd, shop = node_number(firms["herd"]), node_number(firms["silent"])
    line = {"goods_name": "羔羊", "batch": certificate.lot_number, "minted_by": herd, "quantity": "20"}
    at = (now - timedelta(days=6)).isoformat(timespec="seconds")
    paper = {
        "kind": "paper",
        "paper": "quarantine",
        "number": "动检990302-2026-0188",
        "issuer": "城北区动物卫生监督所",
        "node": herd,
        "node_name": firms["herd"].name,
        "at": at,
        "line": line,
    }
    trade = {
        "kind": "trade",
        "node": herd,
        "node_name": firms["herd"].name,
        "buyer": shop,
        "buyer_name": firms["silent"].name,
        "at": at,
        "ticket": "CB20260601",
        "lines": [line],
    }
    test = {
        "kind": "test",
        "sample": "CY-0611",
        "item": "克伦特罗",
        "value": "未检出",
        "verdict": "passed",
        "node": herd,
        "at": at,
        "line": line,
    }
    first = _read(unit, [paper, trade, test], "城北区五月追溯汇总.jsonl")
    _finish(TakeBatch(user=None, system=SYSTEM, batch=first).execute())
    wrong: list[dict[str, Any]] = [
        {**trade, "ticket": "CB20260602"},
        {"kind": "arrival", "node": "市场", "at": "五月"},
        {"kind": "进场"},
    ]
    _read(unit, wrong, "城北市场进场记录.jsonl")
    twice = _read(unit, [{**trade, "ticket": "CB20260599"}], "城北区五月补报.jsonl")
    _finish(TakeBatch(user=None, system=SYSTEM, batch=twice).execute())
    _finish(UndoBatch(user=None, system=SYSTEM, batch=twice, reason="与汇总文件重复").execute())


def _read(unit: Unit, rows: Sequence[dict[str, Any]], name: str) -> ExchangeBatch:
    data = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
    return _finish(HandIn(user=None, system=SYSTEM, unit=unit, file=io.BytesIO(data), name=name).execute())


def _finish(batch: ExchangeBatch) -> ExchangeBatch:
    while batches.advance(batch, 60):
        pass
    return batch


def _lookups(random: Random, today: Any) -> None:
    """Consumers looked at labels; one item's code far too often."""
    rows = list(ConformityCertificate.objects.values_list("lot", "region__code").order_by("-pk")[:15])
    items = EventThing.objects.filter(key__contains="/21/", role=EventThing.Role.EPC).order_by("pk")
    keys = list(dict.fromkeys(items.values_list("key", flat=True)[:40]))
    made = [
        Lookup(key=lot, day=today - timedelta(days=back), count=random.randint(1, 9), region=region)
        for lot, region in rows
        for back in (0, 1, 3)
    ]
    made += [Lookup(key=key, day=today - timedelta(days=2), count=1, region="990100") for key in keys[1:12]]
    made += [Lookup(key=key, day=today - timedelta(days=1), count=57, region="990100") for key in keys[:1]]
    Lookup.objects.bulk_create(made, ignore_conflicts=True)
