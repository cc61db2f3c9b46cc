"""Editions in every state: called, under review, in public notice, decided, in creation; honours of earlier years."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hengjian.cases.actions import TakeStep
from hengjian.methods import fictional
from hengjian.methods.fictional import Enterprise
from hengjian.parties.models import Unit, User
from hengjian.programmes.actions import (
    AddMember,
    ApplicantStep,
    AssignReviews,
    CreateEdition,
    DecideEdition,
    DeclareInterest,
    NoticeOver,
    ProposeRevocation,
    PublishCall,
    PutForward,
    RankEdition,
    SaveDraft,
    SubmitApplication,
    SubmitReview,
)
from hengjian.programmes.actions.base import declaration
from hengjian.programmes.actions.editions import EditionContent
from hengjian.programmes.holding import last_day
from hengjian.programmes.models import Application, Edition, Review
from hengjian.programmes.panels import sheet_of
from hengjian.registers.models import EntryBase
from hengjian.scoring.actions import GiveMark
from hengjian.systems.honours.demonstration.base import CITY, REGION, SYSTEM, Part, standing_at

OPINIONS = (
    "管理方法系统，数据链条完整，对标意识强；建议加强供应链质量协同。",
    "过程控制扎实，结果稳定向好；与行业标杆的对比数据还不充分。",
    "领导重视，全员参与度高，改进成果可验证，具有推广价值。",
    "基础较好，战略部署与绩效测量的衔接尚需完善。",
)
CALL = (
    "一、申报条件：在本地区依法注册，符合项目规定的条件，近三年无严重违法失信记录。\n"
    "二、申报方式：登录本平台在线填报，上传自评报告和证实性材料。\n"
    "三、评审不收取任何费用；申报单位应对材料的真实性负责。"
)


class Editions(Part):
    """One build of the editions, by the region's market regulation and a panel of three."""

    def run(self) -> None:
        self.market = self.unit("market-regulation")
        self.panel = [self.people[name] for name in ("panel", "panel2", "panel3") if name in self.people]
        self.officer, self.head = self.people["market"], self.people["market-head"]
        self.applicants = self._applicants()
        self.earlier()
        if len(self.panel) < 3:
            return
        self.award()
        self.benchmark()
        self.in_notice()
        self.calls()
        self.city()

    def _applicants(self) -> list[tuple[Enterprise, Unit]]:
        """Enterprises with a unit each; those that have accounts come first."""
        known = {unit.key: unit for unit in Unit.objects.filter(kind=Unit.Kind.ENTERPRISE).select_related("region")}
        roster = sorted(fictional.roster(), key=lambda item: item.code.lower() not in known and item.code not in known)
        found = []
        for item in roster[:10]:
            unit = known.get(item.code) or known.get(item.code.lower())
            if unit is None:
                region = self.regions[item.region]
                unit = Unit.objects.create(
                    key=item.code.lower(),
                    name=item.name,
                    kind=Unit.Kind.ENTERPRISE,
                    level=region.level,
                    region=region,
                )
            found.append((item, unit))
        return found

    # ---- short ways

    def call(self, code: str, title: str, opens: int, closes: int, unit: Unit | None = None, **more: Any) -> Edition:
        """A published call that opened and closed (or closes) so many days ago."""
        unit = unit or self.market
        content = EditionContent(
            title=title,
            year=self.ago(opens).year,
            opens_on=self.ago(opens),
            closes_on=self.ago(closes),
            call=CALL,
            contact="0990-1203315",
            **more,
        )
        with standing_at(self.at(opens + 5)):
            edition = CreateEdition(
                user=None, system=SYSTEM, programme=code, unit=unit, region=unit.region, content=content
            ).execute()
            PublishCall(user=None, system=SYSTEM, edition=edition).execute()
        if declaration(edition).reviews:
            for member in self.panel:
                AddMember(
                    user=None, system=SYSTEM, edition=edition, member=member, chair=member == self.panel[0]
                ).execute()
        return edition

    def draft(self, edition: Edition, unit: Unit, values: dict[str, Any]) -> Application:
        return SaveDraft(user=None, system=SYSTEM, edition=edition, unit=unit, values=values).execute()

    def submit(self, edition: Edition, unit: Unit, days: int, values: dict[str, Any]) -> Application:
        with standing_at(self.at(days, 9 + days % 8)):
            application = self.draft(edition, unit, values)
            personal = {
                "contact": fictional.person(self.random),
                "phone": fictional.phone(self.random),
            }
            wanted = {spec.code for spec in declaration(edition).fields}
            return SubmitApplication(
                user=None,
                system=SYSTEM,
                application=application,
                personal={code: value for code, value in personal.items() if code in wanted},
            ).execute()

    def step(self, application: Application, step: str, days: int, note: str = "", user: User | None = None) -> None:
        application.refresh_from_db()
        assert application.case is not None
        with standing_at(self.at(days, 15)):
            TakeStep(user=user, system="" if user else SYSTEM, case=application.case, step=step, note=note).execute()

    def review(self, application: Application, days: int, totals: tuple[int, ...]) -> None:
        """Opinions of the panel; with the last of them the stage ends by itself."""
        application = Application.objects.select_related("case", "edition", "unit").get(pk=application.pk)
        with standing_at(self.at(days + 3, 9)):
            reviews = AssignReviews(
                user=None, system=SYSTEM, application=application, members=self.panel[: len(totals)]
            ).execute()
        for number, (review, total) in enumerate(zip(reviews, totals, strict=True)):
            with standing_at(self.at(days, 10 + number)):
                DeclareInterest(user=None, system=SYSTEM, review=review).execute()
                opinion = OPINIONS[(total + number) % len(OPINIONS)]
                SubmitReview(user=None, system=SYSTEM, review=review, opinion=opinion, total=Decimal(total)).execute()

    def decide(self, edition: Edition, ranked: int, decided: int, decision: str) -> None:
        with standing_at(self.at(ranked)):
            RankEdition(user=None, system=SYSTEM, edition=edition).execute()
            PutForward(user=None, system=SYSTEM, edition=edition).execute()
        with standing_at(self.at(decided)):
            NoticeOver(user=None, system=SYSTEM, edition=edition).execute()
            DecideEdition(user=None, system=SYSTEM, edition=edition, decision=decision).execute()
        Edition.objects.filter(pk=edition.pk).update(
            prepared_by=self.officer, published_by=self.head, ranked_by=self.officer, notice_by=self.head
        )

    # ---- what is played

    def earlier(self) -> None:
        """Honours of earlier years, one lapsed, one about to be re-checked, one revoked this year."""
        first = self.applicants[5:10]
        for firm, unit in first[:3]:
            self.honour("gov_quality_award", "政府质量奖", "第四届", firm.name, date(2024, 12, 18), firm, unit)
        self.honour("chairman_quality_award", "主席质量奖", "第三届", first[3][0].name, date(2023, 11, 30), *first[3])
        self.honour("quality_city", "质量强市示范城市", "第一批", "望澜市", date(2019, 6, 1))
        self.honour("trusted_team", "质量信得过班组", "2024 年度", "朔安电力检修一班", self.ago(3 * 365 - 100))
        self.honour("education_base", "质量教育社会实践基地", "2025 年度", "自治区质检院实验室", self.ago(300))
        firm, unit = first[4]
        cheat = self.honour("quality_benchmark", "质量标杆", "2024 年度", firm.name, self.ago(700), firm, unit)
        with standing_at(self.at(95)):
            case = ProposeRevocation(
                user=None,
                system=SYSTEM,
                entry=cheat,
                ground="sampling",
                findings="监督抽查连续两批不合格，已责令整改。",
            ).execute()
        for step, days in (("heard", 80), ("revoke", 62)):
            case.refresh_from_db()
            with standing_at(self.at(days)):
                user = self.head if step == "revoke" else self.officer
                TakeStep(user=user, case=case, step=step, note="持有人已陈述意见，情况属实。").execute()

    def honour(
        self, code: str, title: str, edition: str, holder: str, day: date, firm: Enterprise | None = None,
        unit: Unit | None = None,
    ) -> EntryBase:  # fmt: skip
        kinds = {"quality_city": "region", "trusted_team": "group", "education_base": "unit"}
        terms = {"quality_city": "city-naming", "gov_quality_award": "", "chairman_quality_award": ""}
        return self.enter(
            "honour",
            self.market,
            {
                "programme": code,
                "programme_title": title,
                "edition": edition,
                "holder": holder,
                "holder_kind": kinds.get(code, "enterprise"),
                "granted_on": day.isoformat(),
                "decision": f"澜政发〔{day.year}〕{day.month + 10}号",
                **({"holder_code": firm.code} if firm is not None else {}),
            },
            day,
            valid_from=day,
            valid_to=last_day(terms.get(code, "naming-3-years"), day, REGION),
            filer=unit,
        )

    def award(self) -> None:
        """The quality award under paper review, with one sheet marked by all and one application to be completed."""
        edition = self.call("gov_quality_award", "第五届", 75, 40)
        rows = []
        for number, (firm, unit) in enumerate(self.applicants[:5]):
            rows.append(
                self.submit(
                    edition,
                    unit,
                    60 - 4 * number,
                    {
                        "organisation": firm.name,
                        "organisation_code": firm.code,
                        "founded_on": f"{2004 + 4 * number}-05-18" if number != 4 else f"{self.today.year - 1}-03-01",
                        "sector": ("manufacturing", "agriculture", "manufacturing", "construction", "service")[number],
                        "staff": 260 + 180 * number,
                        "revenue": f"{18000 + 7600 * number}",
                        "excellence_on": "2019-01-08",
                        "internal_notice": "true",
                        "model": "以顾客需求为起点、以过程数据为依据的“双环”质量管理模式，覆盖研发到服务全过程。",
                    },
                )
            )
        self.step(rows[4], "reject", 33, "成立不满三年，不符合申报条件。")
        self.step(rows[3], "ask_supplement", 4, "自评报告缺少测量分析与改进部分的数据，请补充近三年数据。")
        for row in rows[:3]:
            self.step(row, "pass_screening", 30)
            self.step(row, "recommend", 24, "同意推荐。")
        application = Application.objects.select_related("case", "edition", "unit").get(pk=rows[0].pk)
        for row in rows[:2]:
            found = Application.objects.select_related("case", "edition", "unit").get(pk=row.pk)
            with standing_at(self.at(20)):
                AssignReviews(user=None, system=SYSTEM, application=found, members=self.panel).execute()
        self._mark(application)

    def _mark(self, application: Application) -> None:
        """One member has marked every item and given the opinion, another is half-way through."""
        for member, share in ((self.panel[0], 1.0), (self.panel[1], 0.5)):
            review = Review.objects.get(application=application, user=member, stage="paper")
            with standing_at(self.at(12, 9)):
                DeclareInterest(user=None, system=SYSTEM, review=review).execute()
            sheet = sheet_of(application, "paper")
            assert sheet is not None
            items = list(sheet.sheet.items)
            with standing_at(self.at(11, 14)):
                for item in items[: int(len(items) * share)]:
                    value = Decimal(5 * self.random.randint(11, 16))
                    GiveMark(user=member, sheet=sheet, item=item.code, answer={"value": str(value)}).execute()
                if share == 1.0:
                    SubmitReview(user=None, system=SYSTEM, review=review, opinion=OPINIONS[0]).execute()

    def benchmark(self) -> None:
        """Decided this summer: four above the line, a quota of three."""
        edition = self.call("quality_benchmark", "2026 年度", 230, 190, quota=3)
        topics = ("全流程追溯的批次管理", "供应商质量协同", "关键工序防错", "质量成本管理")
        totals = (91, 86, 88, 79)
        for number, (firm, unit) in enumerate(self.applicants[:4]):
            application = self.submit(
                edition,
                unit,
                205 - number,
                {
                    "organisation": firm.name,
                    "organisation_code": firm.code,
                    "experience": f"{topics[number]}的实践",
                    "summary": "围绕关键质量特性建立指标、责任和改进闭环，经验已在集团内部推广。",
                },
            )
            self.step(application, "pass_screening", 185)
            self.step(application, "recommend", 178, "同意推荐。")
            self.review(application, 160, (totals[number], totals[number] + 2, totals[number] - 2))
        self.decide(edition, 145, 130, "澜市监质〔2026〕31号")

    def in_notice(self) -> None:
        """The brand award is in public notice today."""
        edition = self.call("brand_award", "2026 年度", 110, 70, quota=2)
        for number, (firm, unit) in enumerate(self.applicants[1:4]):
            application = self.submit(
                edition,
                unit,
                90 - number,
                {
                    "organisation": firm.name,
                    "organisation_code": firm.code,
                    "brand": firm.name[4:6],
                    "results": "三年来品牌产品销售收入年均增长12%，顾客满意度保持在90分以上。",
                },
            )
            self.step(application, "pass_screening", 60)
            self.review(application, 40, (84 - 3 * number, 82 - 3 * number, 86 - 3 * number))
        with standing_at(self.at(2)):
            RankEdition(user=None, system=SYSTEM, edition=edition).execute()
            PutForward(user=None, system=SYSTEM, edition=edition).execute()
        Edition.objects.filter(pk=edition.pk).update(
            prepared_by=self.officer, published_by=self.head, ranked_by=self.officer, notice_by=self.head
        )

    def calls(self) -> None:
        """Two calls that are open today, with drafts and applications; one draft call."""
        groups = self.call("qc_result", "2026 年度", 20, -25)
        for number, (firm, unit) in enumerate(self.applicants[:4]):
            values = {
                "group": f"{('精益求精', '启明星', '破壁', '啄木鸟')[number]}QC小组",
                "employer": firm.name,
                "topic": ("降低灌装漏包率", "提高棉纱条干合格率", "研制余温回收装置", "缩短换模时间")[number],
                "kind": "innovation" if number == 2 else "problem",
                "members": 6 + number,
                "benefit": f"{150000 + 60000 * number}",
            }
            if number < 2:
                self.submit(groups, unit, 6 - number, values)
            else:
                self.draft(groups, unit, values)
        industry = self.units.get("990000-industry-information")
        if industry is not None:
            self.call("upgrade_library", "2027 年度", 8, -40, industry)
        opens = self.today + timedelta(days=30)
        content = EditionContent(
            title="2027 年度", year=self.today.year + 1, opens_on=opens, closes_on=opens + timedelta(days=45), call=CALL
        )
        CreateEdition(
            user=self.officer,
            programme="quality_benchmark",
            unit=self.market,
            region=self.market.region,
            content=content,
        ).execute()

    def city(self) -> None:
        """The city 朔安 was approved to create last year and has reported once."""
        edition = self.call("quality_city", "第二批", 640, 600)
        government = self.unit("market-regulation", CITY)
        application = self.submit(
            edition,
            government,
            610,
            {
                "city": "朔安市",
                "region_code": CITY,
                "government": "朔安市人民政府",
                "plan": "以特色农产品和装备制造为重点，三年内建成质量基础设施一站式服务体系。",
                "satisfaction": "81.6",
            },
        )
        self.step(application, "pass_screening", 590)
        self.step(application, "recommend", 580, "同意推荐。")
        self.review(application, 560, (82, 85, 80))
        self.decide(edition, 545, 525, "澜政函〔2025〕22号")
        with standing_at(self.at(220)):
            application.refresh_from_db()
            ApplicantStep(
                user=None,
                system=SYSTEM,
                application=application,
                step="report_progress",
                note="已建成质量基础设施服务站4个，重点产品监督抽查合格率94.2%，按计划推进。",
            ).execute()
