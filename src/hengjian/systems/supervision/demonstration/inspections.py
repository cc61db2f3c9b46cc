"""Campaigns with their figures, inspections with their findings, checked places."""

from __future__ import annotations

from datetime import date

from hengjian.cases.actions import AnswerTransfer, ReportBack
from hengjian.cases.models import Case, Transfer
from hengjian.methods import fictional
from hengjian.registers.models import EntryBase
from hengjian.systems.supervision import rules
from hengjian.systems.supervision.actions import hand_out_finding
from hengjian.systems.supervision.demonstration import texts
from hengjian.systems.supervision.demonstration.base import REGION, SYSTEM, Part


class Inspections(Part):
    """Campaigns with their figures, inspections with their findings, checked places."""

    def build(self) -> None:
        """All of it."""
        self.campaigns()
        self.inspections()

    def campaigns(self) -> None:
        """Four campaigns of this year; four prefectures report each period, one is behind."""
        year = self.today.year
        for name, kind, focus, rhythm, first, last in texts.CAMPAIGNS:
            starts, ends = date(year, first, 1), rules.period_end(f"{year}-{last:02d}")
            if starts > self.today:
                continue
            owner = self.unit(REGION, "market-regulation")
            campaign = self.enter(
                "campaign",
                owner,
                {
                    "name": f"{year}年{name}",
                    "kind": kind,
                    "year": year,
                    "starts_on": starts.isoformat(),
                    "ends_on": ends.isoformat(),
                    "partners": "自治区公安厅、农业农村厅、各地州市市场监督管理局",
                    "focus": focus,
                    "target_inspected": 4000,
                    "target_cases": 120,
                    "rhythm": rhythm,
                },
                days=max(0, (self.today - starts).days),
            )
            self._figures(campaign, rhythm, starts, min(ends, self.today))
            if ends < self.today:
                self.change(campaign, {"summary": texts.CAMPAIGN_SUMMARY}, "行动总结")
                self.status(campaign, "ended", "行动期满")

    def _figures(self, campaign: EntryBase, rhythm: str, starts: date, until: date) -> None:
        periods = [name for name in rules.periods_between(starts, until, rhythm) if rules.period_end(name) < self.today]
        for place, city in enumerate(self.cities[:4]):
            unit = self.unit(city, "market-regulation")
            # The last of the list has not reported the newest period yet.
            for period in periods[:-1] if place >= 3 else periods:
                inspected = self.random.randrange(20, 90)
                found = self.random.randrange(3, max(4, inspected // 3))
                cases = self.random.randrange(0, 6)
                ended = rules.period_end(period)
                self.enter(
                    "campaign_figures",
                    unit,
                    {
                        "campaign": campaign.key,
                        "period": period,
                        "inspected": inspected,
                        "staff": inspected * 3,
                        "found": found,
                        "corrected": max(0, found - self.random.randrange(0, 3)),
                        "cases": cases,
                        "closed": self.random.randrange(0, cases + 1),
                        "handed_over": 1 if cases > 4 else 0,
                        "fined": f"{cases * self.random.randrange(3000, 20000)}.00",
                        "goods_value": f"{cases * self.random.randrange(1000, 60000)}.00",
                    },
                    days=max(0, (self.today - ended).days - 3),
                )

    def inspections(self) -> None:
        """One closed, one being put right with findings in every state, one under way, one planned."""
        owner = self.unit(REGION, "market-regulation")
        for place, (name, kind, theme, city) in enumerate(texts.INSPECTIONS):
            inspected = self.unit(city, "market-regulation")
            begun = (150, 46, 8, 2)[place]
            case = self.open(
                "inspection",
                owner,
                begun,
                {
                    "name": name,
                    "kind": kind,
                    "theme": theme,
                    "inspected": inspected.key,
                    "team": "组长：自治区市场监督管理局副局长；成员：质量发展处、执法稽查处各一人，专家二人",
                    "visit_from": self.ago(max(begun - 3, 0)).isoformat(),
                },
            )
            if place < 3:
                self.step(case, "begin", begun - 3)
                findings = self._findings(case, city, 4 if place < 2 else 2, begun - 5)
            if place < 2:
                self.step(case, "finish_visit", begun - 8, visit_to=self.ago(begun - 8).isoformat())
                self.step(case, "give_feedback", begun - 14, summary=texts.INSPECTION_SUMMARY)
                done = findings if place == 0 else findings[:2]
                for number, finding in enumerate(done):
                    self._put_right(finding, texts.MEASURES[number % len(texts.MEASURES)], begun - 25)
                for finding in done if place == 0 else done[:1]:
                    self.step(finding, "verify", begun - 30, note="现场核查，已整改到位。")
            if place == 0:
                self.step(case, "close", begun - 40, note="全部问题销号。")
        self._checks()

    def _findings(self, parent: Case, city: str, count: int, days: int) -> list[Case]:
        unit = self.unit(city, "market-regulation")
        names = ("problem", "severity", "basis", "demand")
        chosen = [dict(zip(names, row, strict=True)) for row in self.random.sample(texts.FINDINGS, count)]
        found = [hand_out_finding(parent, row, unit, system=SYSTEM, at=self.at(days, 11)) for row in chosen]
        for transfer in Transfer.objects.filter(case__in=found):
            AnswerTransfer(
                user=None, system=SYSTEM, transfer=transfer, accepts=True, at=self.at(days - 1, 10)
            ).execute()
        return found

    def _put_right(self, finding: Case, measures: str, days: int) -> None:
        """The responsible unit reports back; the inspecting unit records it."""
        for transfer in finding.transfers.filter(state=Transfer.State.ACCEPTED):
            ReportBack(user=None, system=SYSTEM, transfer=transfer, answer=measures, at=self.at(days, 9)).execute()
        self.step(finding, "report", days, measures=measures)

    def _checks(self) -> None:
        """Places under regular checks, and what the last checks found."""
        for place, (name, kind, people, risk) in enumerate(texts.PLACES):
            city = self.cities[place % 4]
            unit = self.unit(city, "market-regulation")
            entry = self.enter(
                "checked_place",
                unit,
                {
                    "name": f"{unit.region.short_name}{name}",
                    "kind": kind,
                    "people": people,
                    "risk": risk,
                    "safety_officer": "食品安全员",
                    "address": fictional.address(self.random, city),
                },
                days=300,
            )
            case = self.open(
                "sector_check",
                unit,
                40 - place * 3,
                {
                    "place": entry.key,
                    "place_name": entry.title,
                    "theme": "制度落实、进货查验、清洗消毒、留样",
                    "visit_on": self.ago(40 - place * 3).isoformat(),
                    "inspectors": "检查人员二人",
                    "items": 32,
                    "failed_items": place % 3,
                },
            )
            if place % 3 == 0:
                self.step(case, "pass", 39 - place * 3)
            else:
                self.step(case, "order", 39 - place * 3, found="留样记录不完整，消毒设施维护不到位。")
                if place % 3 == 1:
                    self.step(case, "correct", 36 - place * 3, note="已补齐记录，设施已维修。")
                    self.step(case, "recheck", 34 - place * 3)
