"""Innovation bodies, the project library, incentives and brand valuations."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hengjian.methods.brand_valuation import Inputs
from hengjian.registers.actions import ApproveEntry, SetStatus
from hengjian.systems.honours.actions import SaveValuation
from hengjian.systems.honours.demonstration.base import SYSTEM, Part

BODIES = (
    ("企业技术中心", "tech_centre", "provincial", "recognised"),
    ("企业技术中心", "tech_centre", "city", "warned"),
    ("乳制品产业技术创新战略联盟", "alliance", "provincial", "recognised"),
    ("特色农产品深加工制造业创新中心", "innovation_centre", "provincial", "building"),
    ("纺织材料重点实验室", "key_lab", "provincial", "recognised"),
    ("羊绒制品工业设计中心", "design_centre", "city", "recognised"),
)


class Projects(Part):
    """One build of them."""

    def run(self) -> None:
        self.market = self.unit("market-regulation")
        self.firms_ = self.firms(12)
        self.innovation()
        self.valuations()

    def innovation(self) -> None:
        industry = self.unit("industry-information")
        for number, (name, kind, level, status) in enumerate(BODIES):
            firm, start = self.firms_[number], self.ago(1500 - 200 * number)
            self.enter(
                "innovation_body",
                industry,
                {
                    "name": f"{firm.name}{name}" if kind == "tech_centre" else name,
                    "kind": kind,
                    "level": level,
                    "host": firm.name,
                    "enterprise_code": firm.code,
                    **({"members": 14 + number} if kind == "alliance" else {}),
                },
                start,
                key=f"LCCX-{start.year}-{number + 1:03d}",
                status=status,
            )
        projects = (
            ("巴氏杀菌线节能改造", 2600, "in_stock", 120), ("气流纺智能化改造", 5400, "funded", 200),
            ("水泥窑协同处置改造", 9800, "under_way", 330), ("小麦粉清洁生产改造", 1350, "accepted", 300),
            ("包装线机器视觉改造", 880, "in_stock", 420),
        )  # fmt: skip
        for number, (name, amount, status, days) in enumerate(projects):
            firm, start = self.firms_[6 + number], self.ago(days)
            entry = self.enter(
                "upgrade_project",
                industry,
                {
                    "name": name,
                    "enterprise": firm.name,
                    "enterprise_code": firm.code,
                    "goal": "关键工序能力指数提高到1.33以上，产品一次交检合格率提高2个百分点。",
                    "investment": amount,
                    "started_on": start.isoformat(),
                    "finish_by": (start + timedelta(days=540)).isoformat(),
                    "percent": min(100, 15 + number * 20),
                },
                start,
            )
            for after in {"funded": ("funded",), "under_way": ("funded", "under_way"),
                          "accepted": ("under_way", "accepted")}.get(status, ()):  # fmt: skip
                SetStatus(user=None, system=SYSTEM, entry=entry, status=after, on=self.ago(days - 60)).execute()
        finance = self.unit("finance")
        policies = [
            self.enter(
                "incentive_policy",
                finance if kind == "money" else industry,
                {"name": name, "document": document, "kind": kind, "audience": audience, "terms_of_grant": terms},
                self.ago(700),
            )
            for name, document, kind, audience, terms in (
                ("政府质量奖奖励办法", "澜政办发〔2024〕18号", "money", "获奖组织", "每个获奖组织一次性奖励100万元。"),
                (
                    "技术改造贷款贴息办法",
                    "澜工信规〔2024〕3号",
                    "loan",
                    "入库项目承担企业",
                    "按实际贷款利息的50%贴息，不超过200万元。",
                ),
                ("质量诚信企业绿色通道", "澜市监发〔2025〕7号", "service", "荣誉持有企业", "许可、检验优先办理。"),
            )
        ]
        for number in range(3):
            firm, day = self.firms_[number], self.ago(260 - 80 * number)
            grant = self.enter(
                "incentive_grant",
                finance,
                {
                    "beneficiary": firm.name,
                    "beneficiary_code": firm.code,
                    "policy": policies[number % 2].key,
                    "amount": f"{(1_000_000, 860_000, 500_000)[number]}",
                    "granted_on": day.isoformat(),
                },
                day,
            )
            if number < 2:  # the last one waits for a second person
                ApproveEntry(user=None, system=SYSTEM, entry=grant).execute()

    def valuations(self) -> None:
        head = self.people.get("market")
        if head is None:
            return
        for number in range(2):
            firm = self.firms_[number]
            profits = tuple(Decimal(1200 + 100 * year + 350 * number) for year in range(5))
            SaveValuation(
                user=None,
                system=SYSTEM,
                unit=self.market,
                brand=firm.name[4:6],
                enterprise=firm.name,
                enterprise_code=firm.code,
                base_on=self.ago(120),
                inputs=Inputs(
                    profits,
                    Decimal(2000),
                    Decimal(5000),
                    Decimal("0.0345"),
                    Decimal("0.042"),
                    Decimal("0.3"),
                    Decimal("0.08"),
                    Decimal("1.1") - Decimal("0.2") * number,
                    Decimal("0.03"),
                ),
            ).execute()
