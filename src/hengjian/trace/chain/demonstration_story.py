"""The events of the demonstration, written down by the partners day by day. All identifiers bear the prefix 999, under
which no company prefix exists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from hengjian.parties.models import Unit

DAYS = 58
# Products: role that makes them → (item reference, name).
PRODUCTS = {
    "farm": [(1, "活羊")],
    "milk": [(2, "生鲜乳")],
    "grower": [(3, "加工番茄")],
    "slaughter": [(4, "羊胴体"), (5, "羊肉分割品 500g")],
    "paste": [(6, "番茄酱 3kg")],
    "dairy": [(7, "婴幼儿配方乳粉基粉"), (8, "婴幼儿配方乳粉 2段 800g")],
    "seed": [(9, "玉米种子 5kg")],
}
# Invented positions: within one region, but for one shop far out in the west of it.
POSITIONS = {"shop": (43.9, 87.4), "far": (39.4, 76.1)}


@dataclass(frozen=True)
class Party:
    """A partner with its identifiers."""

    role: str
    number: int
    name: str
    unit: Unit = field(hash=False, compare=False)

    @property
    def prefix(self) -> str:
        return f"99900{self.number:02}"

    @property
    def party(self) -> str:
        return f"urn:epc:id:pgln:{self.prefix}.00000"

    def place(self, number: int) -> str:
        return f"urn:epc:id:sgln:{self.prefix}.{number:05}.0"

    def lot(self, item: int, lot: str) -> str:
        return f"urn:epc:class:lgtin:{self.prefix}.{item:06}.{lot}"

    def serial(self, item: int, serial: str) -> str:
        return f"urn:epc:id:sgtin:{self.prefix}.{item:06}.{serial}"

    def unit_load(self, number: int) -> str:
        return f"urn:epc:id:sscc:{self.prefix}.{number:010}"

    def places(self) -> Iterator[tuple[str, str, str, str]]:
        """(id, name, latitude, longitude)."""
        word = {"shop": "门店", "farm": "养殖场", "milk": "奶站", "grower": "种植基地", "slaughter": "屠宰分割车间"}
        north, east = POSITIONS["far" if self.role == "shop" and self.number % 4 == 0 else "shop"]
        yield (
            self.place(1),
            f"{self.name}{word.get(self.role, '工厂')}",
            f"{north + self.number * 0.11:.4f}",
            f"{east + self.number * 0.17:.4f}",
        )

    def products(self) -> Iterator[tuple[str, str]]:
        for item, name in PRODUCTS.get(self.role, ()):
            yield f"urn:epc:idpat:sgtin:{self.prefix}.{item:06}.*", name


class Story:
    """What happened; `planted`: the contaminated lot; `recalled`: the lot whose recall was ordered."""

    def __init__(self, partners: list[Party], start: datetime, random: Random) -> None:
        self.partners, self.start, self.random = partners, start, random
        self.events: dict[Party, list[dict[str, Any]]] = {party: [] for party in partners}
        self.planted = self.recalled = ""
        self.loads = 0

    def of(self, role: str) -> list[Party]:
        return [party for party in self.partners if party.role == role]

    def at(self, day: float, hour: float) -> str:
        moment = self.start + timedelta(days=day, hours=hour - 7, minutes=self.random.randrange(50))
        return moment.isoformat(timespec="seconds")

    def tell(self, party: Party, kind: str, day: float, hour: float, **more: Any) -> None:
        offset = self.start.isoformat()[-6:]
        place = {"id": party.place(1)}
        event = {"type": kind, "eventTime": self.at(day, hour), "eventTimeZoneOffset": offset, "readPoint": place}
        if more.get("bizStep") != "shipping":
            event["bizLocation"] = place
        self.events[party].append(event | more)

    def born(self, party: Party, day: float, hour: float, things: dict[str, Any], **more: Any) -> None:
        self.tell(
            party,
            "ObjectEvent",
            day,
            hour,
            action="ADD",
            bizStep="commissioning",
            disposition="active",
            **things,
            **more,
        )

    def make(self, party: Party, day: float, hour: float, into: Any, out: Any, **more: Any) -> None:
        lists = {"inputQuantityList": into, "outputQuantityList": out}
        given = {name: rows for name, rows in lists.items() if rows}
        self.tell(party, "TransformationEvent", day, hour, bizStep="commissioning", **given, **more)

    def move(
        self, one: Party, other: Party, day: float, hour: float, things: dict[str, Any], *, arrives: bool = True
    ) -> None:
        """Ship and receive, half a day later."""
        ends = {
            "sourceList": [{"type": "possessing_party", "source": one.party}],
            "destinationList": [{"type": "possessing_party", "destination": other.party}],
        }
        order = f"urn:epcglobal:cbv:bt:{one.prefix}000009:{len(self.events[one])}"
        paper = {"bizTransactionList": [{"type": "desadv", "bizTransaction": order}]}
        given = {"action": "OBSERVE", "disposition": "in_transit"} | ends | paper | things
        self.tell(one, "ObjectEvent", day, hour, bizStep="shipping", **given)
        if arrives:
            given["disposition"] = things.get("disposition", "in_progress")
            self.tell(other, "ObjectEvent", day, hour + 9, bizStep="receiving", **given)

    def sell(self, shop: Party, day: float, hour: float, things: dict[str, Any]) -> None:
        self.tell(
            shop,
            "ObjectEvent",
            day,
            hour,
            action="OBSERVE",
            bizStep="retail_selling",
            disposition="retail_sold",
            **things,
        )

    def load(self, party: Party) -> str:
        self.loads += 1
        return party.unit_load(self.loads)

    def pack(self, party: Party, day: float, hour: float, parent: str, action: str = "ADD", **children: Any) -> None:
        step = "packing" if action == "ADD" else "unpacking"
        self.tell(party, "AggregationEvent", day, hour, action=action, bizStep=step, parentID=parent, **children)


def later(time: str, minutes: int) -> str:
    return (datetime.fromisoformat(time) + timedelta(minutes=minutes)).isoformat(timespec="seconds")


def kilos(lot: str, amount: float, uom: str = "KGM") -> list[dict[str, Any]]:
    return [{"epcClass": lot, "quantity": amount} | ({"uom": uom} if uom else {})]


def many(lot: str, amount: float, uom: str = "KGM") -> dict[str, Any]:
    return {"quantityList": kilos(lot, amount, uom)}


def tell(story: Story) -> None:
    """All of it."""
    shops = story.of("shop")
    lamb(story, shops)
    paste(story, shops)
    formula(story, shops)
    seed(story, shops)


def lamb(story: Story, shops: list[Party]) -> None:
    """Lambs to a slaughterhouse, halves cut and mixed, crates to shops."""
    plant = story.of("slaughter")[0]
    for batch, day in enumerate(range(1, DAYS - 3, 2)):
        farm = story.of("farm")[batch % len(story.of("farm"))]
        animals = farm.lot(1, f"Y{batch + 1:04}")
        head = 40
        story.born(farm, day, 8, many(animals, head, ""))
        story.move(farm, plant, day, 9, many(animals, head, ""))
        halves, cuts = plant.lot(4, f"T{batch + 1:04}"), plant.lot(5, f"F{batch + 1:04}")
        story.make(plant, day + 1, 6, kilos(animals, head, ""), kilos(halves, head * 19))
        # Every third day what was left of the day before is mixed in.
        rest = kilos(plant.lot(4, f"T{batch:04}"), 60) if batch % 3 == 2 else []
        used = head * 19 - (60 if batch % 3 == 1 else 0)
        out = (used + (60 if rest else 0)) * (1.31 if batch == 20 else 0.93)
        last_day = (story.start + timedelta(days=day + 6)).date().isoformat()
        story.make(
            plant,
            day + 1,
            13,
            [*kilos(halves, used), *rest],
            kilos(cuts, round(out, 1)),
            ilmd={"cbvmda:itemExpirationDate": last_day},
        )
        part = round(out / len(shops) - 1, 1)
        for number, shop in enumerate(shops):
            crate = story.load(plant)
            story.pack(plant, day + 2, 5, crate, childQuantityList=kilos(cuts, part))
            story.move(plant, shop, day + 2, 7, {"epcList": [crate]}, arrives=not (batch == 22 and number == 1))
            if batch == 22 and number == 1:
                continue
            story.pack(shop, day + 2, 17, crate, "DELETE")
            for turn in range(2):
                late = 9 if batch == 12 and number == 2 and turn else 0
                story.sell(shop, day + 3 + turn + late, 11 + turn, many(cuts, round(part * (0.55 - 0.2 * turn), 1)))


def paste(story: Story, shops: list[Party]) -> None:
    """Tomatoes of two growers flow into one kettle; the paste goes to shops; one lot is called back."""
    works, growers = story.of("paste")[0], story.of("grower")
    for batch, day in enumerate(range(0, DAYS - 8, 4)):
        run = {"transformationID": f"urn:epc:id:gdti:{works.prefix}.00001.{batch + 1}"}
        for number, grower in enumerate(growers):
            tomatoes = grower.lot(3, f"Q{batch + 1:03}")
            story.born(grower, day, 7, many(tomatoes, 12.5 + number, "TNE"))
            story.move(grower, works, day, 8, many(tomatoes, 12.5 + number, "TNE"))
            story.make(works, day + 1, 7 + number, kilos(tomatoes, 12.5 + number, "TNE"), [], **run)
        jam = works.lot(6, f"J{batch + 1:03}")
        story.make(works, day + 1, 15, [], kilos(jam, 4200), **run)
        for shop in shops:
            story.move(works, shop, day + 3, 9, many(jam, 900))
            story.sell(shop, day + 6, 14, many(jam, 260))
            if batch == 4:
                for come_back in (30, 34):
                    story.move(shop, works, come_back, 9, many(jam, 210) | {"disposition": "returned"})
        if batch == 4:
            story.recalled = jam
            story.tell(
                works,
                "ObjectEvent",
                38,
                10,
                action="OBSERVE",
                bizStep="destroying",
                disposition="destroyed",
                **many(jam, 600),
            )


def formula(story: Story, shops: list[Party]) -> None:
    """Raw milk to powder, powder to cans with serials, cans in cases on pallets; one lot of milk is contaminated."""
    dairy, stations = story.of("dairy")[0], story.of("milk")
    powders = []
    for batch, day in enumerate(range(2, DAYS - 14, 6)):
        into = []
        for number, station in enumerate(stations):
            milk = station.lot(2, f"M{batch + 1:03}")
            if batch == 5 and number == 0:
                story.planted = milk
            story.born(station, day, 5, many(milk, 8000 + 500 * number))
            story.move(station, dairy, day, 7, many(milk, 8000 + 500 * number))
            into += kilos(milk, 8000 + 500 * number)
        powder = dairy.lot(7, f"B{batch + 1:03}")
        powders.append(powder)
        story.make(dairy, day + 1, 9, into, kilos(powder, 2040))
        serials = [dairy.serial(8, f"{batch + 1:03}{number + 1:05}") for number in range(48)]
        story.tell(
            dairy,
            "TransformationEvent",
            day + 2,
            9,
            bizStep="commissioning",
            inputQuantityList=kilos(powder, 38.4),
            outputEPCList=serials,
        )
        for number, shop in enumerate(shops[:4]):
            mine = serials[number * 12 : number * 12 + 12]
            pallet, cases = story.load(dairy), [story.load(dairy), story.load(dairy)]
            for place, case in enumerate(cases):
                story.pack(dairy, day + 3, 9, case, childEPCs=mine[place * 6 : place * 6 + 6])
            story.pack(dairy, day + 3, 11, pallet, childEPCs=cases)
            story.move(dairy, shop, day + 4, 7, {"epcList": [pallet]})
            story.pack(shop, day + 4, 18, pallet, "DELETE")
            for case in cases:
                story.pack(shop, day + 5, 9, case, "DELETE")
            for place, serial in enumerate(mine[:9]):
                story.sell(shop, day + 6 + place // 2, 10 + place % 6, {"epcList": [serial]})
        if batch == 3:
            story.sell(shops[1], day + 9, 16, {"epcList": [serials[0]]})  # sold in another shop: a copied code
        if batch == 4:  # scanned a thousand kilometres away, forty minutes later
            far = next((shop for shop in shops if shop.number % 4 == 0), shops[-1])
            near = next(shop for shop in shops if shop is not far)
            told = {"action": "OBSERVE", "bizStep": "inspecting", "epcList": [serials[shops.index(near) * 12 + 11]]}
            story.tell(near, "ObjectEvent", day + 12, 9, **told)
            story.tell(far, "ObjectEvent", day + 12, 9, **told)
            story.events[far][-1]["eventTime"] = later(story.events[near][-1]["eventTime"], minutes=40)


def seed(story: Story, shops: list[Party]) -> None:
    """Seed lots to dealers."""
    house = story.of("seed")[0]
    for batch, day in enumerate(range(3, DAYS - 6, 7)):
        lot = house.lot(9, f"Z{batch + 1:03}")
        story.born(house, day, 9, many(lot, 400, ""))
        for shop in shops[:2]:
            story.move(house, shop, day + 1, 9, many(lot, 150, ""))
            story.sell(shop, day + 4, 10, many(lot, 30, ""))
