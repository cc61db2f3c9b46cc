"""The room's part of the demonstration: lamb, tomato paste, infant formula and seed from the producer to the shop, with
a contaminated lot of milk, a cloned can, an impossible journey and a pallet that never arrived planted in it."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from hengjian.methods import fictional
from hengjian.methods.gs1 import canonical
from hengjian.parties.models import Region, Unit, User
from hengjian.trace.chain.actions import ExplainAnomaly, HandOverAnomaly, OrderRecall, SaveScenario
from hengjian.trace.chain.demonstration_story import Party, Story, tell
from hengjian.trace.chain.detecting import detect
from hengjian.trace.chain.models import Anomaly
from hengjian.trace.chain.rules import Question
from hengjian.trace.events.actions import DeclareKey
from hengjian.trace.events.capture import capture_document
from hengjian.trace.events.models import PartyKey

ORDER = 55
SYSTEM = "demonstration"
DAIRY = "91990100MAK71HGW5Y"
# (role, trade, region) of the partners, in the order of their numbers.
PARTNERS = (
    ("farm", "果蔬种植", "990400"),
    ("farm", "果蔬种植", "990500"),
    ("slaughter", "肉制品", "990300"),
    ("grower", "果蔬种植", "990900"),
    ("grower", "果蔬种植", "990600"),
    ("paste", "粮油加工", "990100"),
    ("seed", "种子", "990200"),
    ("shop", "商贸零售", "990100"),
    ("shop", "商贸零售", "990300"),
    ("shop", "商贸零售", "990321"),
    ("shop", "商贸零售", "992200"),
    ("milk", "果蔬种植", "990700"),
    ("milk", "果蔬种植", "990800"),
)


def build(now: datetime, random: Random) -> None:
    """Capture the events of the last two months, let the rules look, decide some of what they found."""
    regions = {region.code: region for region in Region.objects.filter(code__startswith="99")}
    partners = _partners(random, regions)
    if not partners:
        return
    story = Story(partners, datetime.combine(timezone.localdate(now), time(7), now.tzinfo) - timedelta(days=60), random)
    tell(story)
    for party, events in story.events.items():
        document = _document(party, [one for one in events if _before(one, now)], now)
        capture_document(document, party.unit, None, name=f"{party.unit.name}.jsonld", system=SYSTEM)
    while detect(now):
        pass
    _decide(now, story)


def _before(event: dict[str, Any], now: datetime) -> bool:
    return datetime.fromisoformat(event["eventTime"]) < now


def _partners(random: Random, regions: dict[str, Region]) -> list[Party]:
    roster = fictional.roster()
    dairy = next(one for one in roster if one.code == DAIRY)
    chosen = [("dairy", dairy)]
    for role, trade, region in PARTNERS:
        known = {one.code for _role, one in chosen}
        firms = (
            [one for one in fictional.enterprises(random, 4, region, trades=[trade]) if one.code not in known]
            if (len([one for one in roster if one.trade == trade and one.region == region]) >= 4)
            else [one for one in roster if one.trade == trade and one.region == region and one.code not in known]
        )
        if firms:
            chosen.append((role, firms[0]))
    found = []
    for number, (role, firm) in enumerate(chosen, start=1):
        region_of = regions.get(firm.region)
        if region_of is None:
            continue
        unit, _made = Unit.objects.get_or_create(
            key=firm.code,
            defaults={"name": firm.name, "kind": Unit.Kind.ENTERPRISE, "level": region_of.level, "region": region_of},
        )
        party = Party(role, number, firm.name, unit)
        for key in (party.party, party.place(1)):
            if not PartyKey.objects.filter(key=canonical(key)).exists():
                DeclareKey(user=None, system=SYSTEM, unit=unit, key=key).execute()
        found.append(party)
    return found


def _document(party: Party, events: list[dict[str, Any]], now: datetime) -> bytes:
    """A document with the party's events, and master data of its places and products."""
    vocabularies = [
        {
            "type": "urn:epcglobal:epcis:vtype:BusinessLocation",
            "vocabularyElementList": [
                {"id": place, "attributes": _attributes(name=name, latitude=north, longitude=east)}
                for place, name, north, east in party.places()
            ],
        },
        {
            "type": "urn:epcglobal:epcis:vtype:Party",
            "vocabularyElementList": [{"id": party.party, "attributes": _attributes(name=party.name)}],
        },
        {
            "type": "urn:epcglobal:epcis:vtype:EPCClass",
            "vocabularyElementList": [
                {"id": product, "attributes": _attributes(descriptionShort=name)} for product, name in party.products()
            ],
        },
    ]
    return json.dumps(
        {
            "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": now.isoformat(timespec="seconds"),
            "epcisHeader": {
                "epcisMasterData": {"vocabularyList": [one for one in vocabularies if one["vocabularyElementList"]]}
            },
            "epcisBody": {"eventList": sorted(events, key=lambda one: str(one["eventTime"]))},
        },
        ensure_ascii=False,
    ).encode()


def _attributes(**values: Any) -> list[dict[str, Any]]:
    return [{"id": f"cbvmda:{name}", "attribute": value} for name, value in values.items()]


def _decide(now: datetime, story: Story) -> None:
    """One anomaly explained, one handed over; two scenarios kept, one recall ordered."""
    people = {
        user.username: user
        for user in User.objects.filter(username__in=("market", "market-head")).select_related("unit")
    }
    officer, head = people.get("market"), people.get("market-head")
    if officer is None or head is None or officer.unit is None:
        return
    above = Anomaly.objects.filter(state=Anomaly.State.OPEN)
    if late := above.filter(code="shipped_not_received").order_by("occurred_at").last():
        reason = "收货门店系统停机，已电话核实到货，收货记录待补报。"
        ExplainAnomaly(user=officer, anomaly=late, reason=reason).execute()
    if expired := above.filter(code="use_after_expiry").first():
        HandOverAnomaly(user=None, system=SYSTEM, anomaly=expired, reason="过期后仍有销售记录，请核查门店。").execute()
    milk, paste = (canonical(one) or one for one in (story.planted, story.recalled))
    for title, keys in (("生鲜乳检出问题批次", (milk,)), ("番茄酱防腐剂超标批次", (paste,))):
        scenario = SaveScenario(user=officer, unit=officer.unit, title=title, question=Question(keys=keys)).execute()
    maker = next(one for one in story.partners if one.role == "paste")
    OrderRecall(
        user=head,
        unit=officer.unit,
        question=Question(keys=(paste,)),
        product="番茄酱 3kg",
        maker=maker.unit.key,
        maker_name=maker.name,
        regime="food_2",
        defect="监督抽检发现苯甲酸超过食品安全国家标准限量。",
        hazard="长期大量食用可能影响健康。",
        advice="请勿食用，凭包装到购买处退货。",
        remedy="停止销售，退货退款，召回产品集中销毁。",
        learned_on=timezone.localdate(now) - timedelta(days=1),
        scenario=scenario,
    ).execute()
