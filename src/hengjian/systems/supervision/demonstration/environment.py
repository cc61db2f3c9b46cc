"""Ratings, repair, boilers, energy labels, daily air."""

from __future__ import annotations

from typing import Any

from hengjian.methods.fictional import Enterprise
from hengjian.parties.models import Unit
from hengjian.registers.models import EntryBase
from hengjian.systems.supervision.demonstration import texts
from hengjian.systems.supervision.demonstration.base import REGION, Part


class Environment(Part):
    """Ratings, repair, boilers, energy labels, daily air."""

    def build(self) -> None:
        """All of it."""
        self.environment()

    def environment(self) -> None:
        ecology = self.unit(REGION, "ecology-environment")
        year = self.today.year - 1
        repaired = None
        for place, firm in enumerate(self.firms(26, "水泥建材", "化工", "钢材", "化肥", "供热", "乳制品")):
            values: dict[str, Any] = {
                "holder": firm.code,
                "holder_name": firm.name,
                "year": year,
                "score": f"{self.random.triangular(52, 99, 84):.1f}",
                "evaluator": ecology.name,
            }
            if place == 3:
                values |= {"score": "95.0", "vetoes": ["bypass"]}
                repaired = firm
            if place in {11, 19}:
                values |= {"shut_down": True, "score": None}
            entry = self.enter(
                "environmental_rating", ecology, values, days=150, status="final", region=self.regions[firm.region]
            )
            if place == 3 and repaired is not None:
                self._repair(entry, repaired, ecology)
        self._boilers()
        self._labels()
        for city in self.cities[:3]:
            base = self.random.uniform(25, 45)
            unit = self.unit(REGION, "ecology-environment")
            # Every twelfth day, so that the register stays small; the year's share reads the same.
            for back in range(3, 330, 12):
                day = self.ago(back)
                winter = 1.9 if day.month in {11, 12, 1, 2} else 1.0
                pm25 = max(6.0, self.random.gauss(base * winter, 14))
                self.enter(
                    "air_day",
                    unit,
                    {
                        "city": self.regions[city].short_name,
                        "day": day.isoformat(),
                        "pm25": f"{pm25:.0f}",
                        "pm10": f"{pm25 * 1.7:.0f}",
                        "so2": f"{self.random.randrange(4, 22)}",
                        "no2": f"{self.random.randrange(10, 48)}",
                        "co": f"{self.random.uniform(0.3, 1.4):.1f}",
                        "o3": f"{self.random.randrange(60, 168)}",
                    },
                    days=back - 1,
                    key=day.isoformat(),
                    region=self.regions[city],
                    status="reviewed",
                )

    def _repair(self, entry: EntryBase, firm: Enterprise, ecology: Unit) -> None:
        case = self.open(
            "environmental_repair",
            ecology,
            70,
            {
                "rating": entry.key,
                "holder": firm.code,
                "holder_name": firm.name,
                "kind": "repair",
                "reasons": "旁路管道已拆除并验收，连续三个月在线监测达标，附第三方报告。",
            },
        )
        self.step(case, "change", 52, note="现场核查属实，按修复后得分重新定级。", new_score="68")

    def _boilers(self) -> None:
        for place, firm in enumerate(self.firms(14, "供热", "纺织服装", "饮料", "乳制品")):
            due = (200, 40, 12, -30, -60, 90, -120)[place % 7]
            entry = self.enter(
                "boiler",
                self.unit(firm.region[:4] + "00", "market-regulation"),
                {
                    "holder": firm.code,
                    "holder_name": firm.name,
                    "place": firm.address,
                    "capacity": str(self.random.choice([2, 4, 6, 10, 20, 35])),
                    "fuel": "coal",
                    "measure": ("remove", "convert", "upgrade")[place % 3],
                    "due_on": self.ago(due).isoformat(),
                },
                days=330,
            )
            if place % 7 in {0, 5}:
                self.change(entry, {"done_on": self.ago(due + 3).isoformat()}, "措施完成", days=due + 2)
                self.status(entry, "done", "验收合格", days=due + 1)

    def _labels(self) -> None:
        maker = self.firms(3, "家用电器")
        owner = self.unit(REGION, "market-regulation")
        for place, (model, product, indicator, declared, better) in enumerate(texts.LABELS):
            firm = maker[place % 3]
            entry = self.enter(
                "energy_label",
                owner,
                {
                    "model": model,
                    "product": product,
                    "maker": firm.code,
                    "maker_name": firm.name,
                    "grade": 1 + place % 3,
                    "indicator": indicator,
                    "declared": declared,
                    "standard": "相应产品能效限定值及能效等级标准",
                    "filed_on": self.ago(400).isoformat(),
                },
                days=380,
                key=f"CEL-99-{self.today.year - 1}-{place + 1:04d}",
            )
            if place < 3:
                values = {
                    "label": entry.key,
                    "model": model,
                    "maker": firm.code,
                    "declared": declared,
                    "better": better,
                }
                case = self.open("energy_label_check", owner, 55 - place * 10, values)
                if place < 2:
                    measured = f"{float(declared) * (0.8 if place else 1.01):.2f}"
                    self.step(case, "judge", 40 - place * 10, measured=measured, tolerance="5")
                if place == 0:
                    self.step(case, "publish", 36)
