"""Registers: brands with their history, people with terms, groups and topics, activities."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hengjian.methods import fictional
from hengjian.parties.models import Unit
from hengjian.registers.actions import DoneRecurrence, SetStatus
from hengjian.systems.honours.demonstration.base import SYSTEM, Part
from hengjian.systems.honours.indications import AnnounceIndication

GOODS = {
    "dairy": ("全脂灭菌乳", "agriculture"),
    "flour": ("高筋小麦粉", "agriculture"),
    "textile": ("精梳棉纱", "industry"),
    "cement": ("普通硅酸盐水泥", "industry"),
}
INDICATIONS = (
    ("朔安大枣", "pgi", 4200, "valid"),
    ("望澜羊绒", "mark", 3300, "valid"),
    ("观岭山杏", "agi", 2500, "valid"),
    ("北川冬小麦粉", "pgi", 1900, "valid"),
    ("玉台枸杞", "unified", 40, "notice"),
)
ACTIVITIES = (
    ("3·15国际消费者权益日宣传周", "consumer_day", (3, 12), (3, 18), 5200),
    ("中国品牌日澜川品牌展", "brand_day", (5, 10), (5, 12), 8600),
    ("世界计量日实验室开放", "metrology_day", (5, 20), None, 640),
    ("世界认可日政策宣讲", "accreditation_day", (6, 9), None, 300),
    ("食品安全宣传周", "safety_week", (6, 15), (6, 21), 12400),
    ("质量月启动仪式", "quality_month", (9, 1), None, 900),
    ("质量月“质量大讲堂”", "quality_month", (9, 8), (9, 26), 2150),
    ("质量月企业质量开放日", "quality_month", (9, 15), (9, 17), 1380),
    ("质量月中小学质量教育公开课", "quality_month", (9, 20), (9, 24), 3600),
    ("世界标准日标准化沙龙", "standards_day", (10, 14), None, 260),
    ("质量志愿者进社区", "volunteer", (10, 24), None, 420),
    ("社会质量监督员体验检验检测", "volunteer", (11, 6), None, 38),
    ("冬季电热产品安全科普", "publicity", (11, 25), None, 0),
    ("质量工作年度总结交流", "publicity", (12, 10), None, 0),
)
COURSES = (
    ("首席质量官任职培训班", "course", "规模以上企业质量负责人", 40, 126, 200),
    ("卓越绩效模式自评师培训", "course", "企业质量管理人员", 24, 88, 160),
    ("小微企业质量管理提升网络课堂", "online", "小微企业", 8, 2360, 120),
    ("检验检测技能竞赛", "skill", "检验检测人员", 16, 74, 75),
    ("质量标杆经验现场交流会", "exchange", "制造业企业", 6, 150, 30),
)


class Entries(Part):
    """One build of the registers."""

    def run(self) -> None:
        self.market = self.unit("market-regulation")
        self.firms_ = self.firms(24)
        self.brands()
        self.indications()
        self.persons()
        self.groups()
        self.activities()

    def brands(self) -> None:
        old = self.units.get("990000-quality-supervision", self.market)
        for number in range(8):
            firm = self.firms_[number]
            goods, sector = list(GOODS.values())[number % len(GOODS)]
            start = date(2013 + number % 6, 12 if number % 6 < 5 else 9, 20)
            self.enter(
                "famous_brand",
                old if number % 2 else self.market,
                {
                    "product": f"{firm.name[4:6]}牌{goods}",
                    "brand": f"{firm.name[4:6]}",
                    "enterprise": firm.name,
                    "enterprise_code": firm.code,
                    "level": "province",
                    "sector": sector if number != 7 else "service",
                },
                start,
                key=f"澜名牌{start.year}-{number + 1:03d}",
                valid_from=start.isoformat(),
            )
        for number in range(6):
            firm, start = self.firms_[12 + number], date(2014 + number % 4, 6, 1)
            self.enter(
                "well_known_trademark",
                self.market,
                {
                    "mark": firm.name[4:6],
                    "holder": firm.name,
                    "holder_code": firm.code,
                    "nice_class": 29 + number % 4,
                },
                start,
                key=f"{9_900_000 + number * 1379}",
                valid_from=start.isoformat(),
            )
        commerce = self.unit("commerce")
        for number, (name, founded, level) in enumerate(
            (("广济堂", 1832, "china"), ("永和酱园", 1898, "region"), ("同裕厚", 1911, "region"))
        ):
            firm = self.firms_[18 + number]
            self.enter(
                "time_honoured",
                commerce,
                {
                    "brand": name,
                    "enterprise": firm.name,
                    "enterprise_code": firm.code,
                    "founded": founded,
                    "level": level,
                    "trade": "食品医药",
                },
                self.ago(900 - 200 * number),
                key=f"LZH-{number + 1:04d}",
            )
        for number in range(4):
            firm, start = self.firms_[20 + number], self.ago(700 - 150 * number)
            self.enter(
                "regional_brand",
                self.market,
                {
                    "product": list(GOODS.values())[number][0],
                    "brand": "澜川臻品",
                    "enterprise": firm.name,
                    "enterprise_code": firm.code,
                    "standard": f"T/LCZP {101 + number}-2024",
                    "body": "澜川认证中心",
                },
                start,
                key=f"LCZP-{start.year}-{number + 1:04d}",
                valid_from=start.isoformat(),
                valid_to=(start + timedelta(days=3 * 365)).isoformat(),
            )

    def indications(self) -> None:
        office = self.units.get("990000-intellectual-property", self.market)
        for number, (name, scheme, days, status) in enumerate(INDICATIONS):
            entry = self.enter(
                "geographical_indication",
                office,
                {
                    "name": name,
                    "scheme": scheme,
                    "applicant": f"{name[:2]}地方特产协会",
                    "area_of_origin": f"{name[:2]}所辖乡镇",
                    "users": 6 + 5 * number,
                },
                self.ago(days),
                key=f"GI-LC-{number + 1:03d}",
                status=status,
            )
            if status == "notice":
                AnnounceIndication(user=None, system=SYSTEM, entry=entry).execute()

    def persons(self) -> None:
        for number in range(6):
            firm, appointed = self.firms_[number], self.ago(900 - 90 * number)
            entry = self.enter(
                "chief_quality_officer",
                self.market,
                {
                    "enterprise": firm.name,
                    "enterprise_code": firm.code,
                    "person": fictional.person(self.random),
                    "position": "副总经理" if number % 2 else "质量总监",
                    "phone": fictional.phone(self.random),
                    "certificate": f"CQO{appointed.year}{number + 1:04d}",
                    "training_hours": 40 + 8 * number,
                    "appointed_on": appointed.isoformat(),
                },
                appointed,
            )
            if number != 3:
                DoneRecurrence(
                    user=None, system=SYSTEM, entry=entry, recurrence="training", on=self.ago(100 - 7 * number)
                ).execute()
        fields = ("卓越绩效", "乳品加工", "纺织材料", "建筑工程质量", "计量测试", "食品检验")
        for number, field in enumerate(fields):
            self._appointed(
                "quality_expert",
                1050 - 160 * number,
                {
                    "field_of_work": field,
                    "employer": ("澜川大学", "自治区质检院", "澜川认证中心")[number % 3],
                    "rank": ("教授", "正高级工程师", "高级工程师")[number % 3],
                    "reviews": 2 + number,
                },
            )
        for number, background in enumerate(("congress", "cppcc", "consumer", "media", "expert")):
            self._appointed(
                "social_supervisor",
                1000 - 150 * number,
                {"background": background, "reports": 3 * number, "activities": 2 + number, "training_hours": 12},
            )
        for number in range(5):
            self.enter(
                "quality_volunteer",
                self.market,
                {
                    "person": fictional.person(self.random),
                    "team": ("朔安市青年质量志愿服务队", "澜川大学质量志愿服务队")[number % 2],
                    "phone": fictional.phone(self.random),
                    "service_hours": f"{12 + 6.5 * number}",
                    "training_hours": 8,
                },
                self.ago(400 - 60 * number),
            )
        for name, kind, audience, hours, people, days in COURSES:
            held = self.ago(days)
            self.enter(
                "quality_talent",
                self.market,
                {
                    "subject_matter": name,
                    "kind": kind,
                    "audience": audience,
                    "held_on": held.isoformat(),
                    "hours": str(hours),
                    "people": people,
                },
                held,
            )

    def _appointed(self, register: str, days: int, values: dict[str, Any]) -> None:
        start = self.ago(days)
        given = {"person": fictional.person(self.random), "phone": fictional.phone(self.random), **values}
        self.enter(register, self.market, given, start, valid_from=start.isoformat())

    def groups(self) -> None:
        names = ("精益求精", "启明星", "破壁", "啄木鸟", "匠心", "春泥")
        topics = (
            "降低灌装漏包率",
            "提高棉纱条干合格率",
            "研制水泥窑尾余温回收装置",
            "缩短换模时间",
            "减少挤奶间菌落超标",
            "降低面粉水分偏差",
        )
        for number, (name, topic) in enumerate(zip(names, topics, strict=True)):
            firm, start = self.firms_[number], self.ago(300 - 20 * number)
            group = self.enter(
                "qc_group",
                self.market,
                {
                    "name": f"{name}QC小组",
                    "enterprise": firm.name,
                    "enterprise_code": firm.code,
                    "founded_on": start.isoformat(),
                    "members": 5 + number % 4,
                    "leader": fictional.person(self.random),
                    "training_hours": 16,
                },
                start,
                valid_from=start.isoformat(),
            )
            if number != 4:  # one that has been idle for too long
                DoneRecurrence(
                    user=None, system=SYSTEM, entry=group, recurrence="activity", on=self.ago(20 + 15 * number)
                ).execute()
            entry = self.enter(
                "qc_topic",
                self.market,
                {
                    "topic": topic,
                    "group": group.key,
                    "year": start.year,
                    "kind": "innovation" if number == 2 else "problem",
                    "started_on": start.isoformat(),
                    **({"score": f"{78 + 3 * number}", "benefit": f"{120000 + 45000 * number}"} if number < 3 else {}),
                },
                start,
            )
            if number < 3:
                SetStatus(user=None, system=SYSTEM, entry=entry, status="completed", on=self.ago(30)).execute()

    def activities(self) -> None:
        hosts: tuple[Unit, ...] = (self.market, self.unit("market-regulation", "990300"), self.unit("education"))
        for number, (name, campaign, first, last, reach) in enumerate(ACTIVITIES):
            start = date(self.today.year, *first)
            host = hosts[number % len(hosts)]
            held = start <= self.today and reach > 0
            self.enter(
                "quality_activity",
                host,
                {
                    "name": name,
                    "campaign": campaign,
                    "host": host.name,
                    "starts_on": start.isoformat(),
                    "place": "朔安市" if host.region.code == "990300" else "望澜会展中心",
                    **({"ends_on": date(self.today.year, *last).isoformat()} if last else {}),
                    **({"reach": reach} if held else {}),
                },
                min(start, self.today),
                status="held" if held else "planned",
            )
