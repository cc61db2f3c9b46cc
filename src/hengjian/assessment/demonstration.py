"""The room's part of the demonstration: a round closed with its rectification, one in department scoring."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from random import Random

from django.utils import timezone

from hengjian.assessment import rules, standing
from hengjian.assessment.actions.marking import (
    PanelMark,
)
from hengjian.assessment.actions.orders import AnswerOrder, CloseRound, ReportOrder
from hengjian.assessment.actions.panel import ConfirmDecision, ProposeDecision
from hengjian.assessment.actions.publishing import (
    DecideAppeal,
    DraftPublication,
    FileAppeal,
    IssueCircular,
    PublishRound,
)
from hengjian.assessment.actions.results import ApproveResults, ComputeResults
from hengjian.assessment.actions.schemes import CopyScheme, SubmitScheme
from hengjian.assessment.actions.site import DrawSites, FinishVisit, PrepareSites, RecordFinding
from hengjian.assessment.casting import Cast
from hengjian.assessment.models import Entry, Order, Round
from hengjian.ledger.checkpoints import sign_checkpoint
from hengjian.parties.models import User
from hengjian.scoring.answers import Answer
from hengjian.systems.honours.demonstration.base import standing_at

ORDER = 90


def build(now: datetime, random: Random) -> None:
    """Make what the room shows up to `now`, through its actions."""
    Player(timezone.localtime(now), random).run()


class Player(Cast):
    """One build."""

    def run(self) -> None:
        with standing_at(self.at(315)):
            first = self.scheme(self.at(315).month)
            earlier = self.open(first, 315)
        self.play_to_the_end(earlier)
        with standing_at(self.at(80)):
            second = self.edition(first, self.at(75).month)
        with standing_at(self.at(75)):
            current = self.open(second, 75)
        self.play_to_scoring(current)
        with standing_at(self.at(20)):
            draft = CopyScheme(
                user=self.office, unit=self.unit, region=self.region, rule=self.rule("thousand")
            ).execute()
        with standing_at(self.at(6)):
            SubmitScheme(user=self.office, scheme=draft).execute()

    def play_to_scoring(self, row: Round) -> None:
        with standing_at(self.at(66)):
            self.targets(row)
        with standing_at(self.at(60)):
            self.advance(row)
        with standing_at(self.at(38)):
            own = self.self_scores(row)
        with standing_at(self.at(33)):
            self.advance(row)
        with standing_at(self.at(9)):
            self.departments(row, own, share=0.4)

    def play_to_the_end(self, row: Round) -> None:
        with standing_at(self.at(305)):
            self.targets(row)
        with standing_at(self.at(300)):
            self.advance(row)
        with standing_at(self.at(280)):
            own = self.self_scores(row)
        with standing_at(self.at(272)):
            self.advance(row)
        with standing_at(self.at(245)):
            self.departments(row, own)
            PrepareSites(user=self.office, round=row, team=[self.people["panel"], self.people["panel2"]]).execute()
        with standing_at(self.at(230)):
            self.advance(row)
            sign_checkpoint()
            DrawSites(user=self.office, round=row).execute()
        with standing_at(self.at(215)):
            self.visits(row)
            self.advance(row)
        with standing_at(self.at(200)):
            self.panel(row)
            ComputeResults(user=self.office, round=row).execute()
        with standing_at(self.at(192)):
            ApproveResults(user=self.other, round=row, paper="自治区人民政府办公厅批示").execute()
            DraftPublication(user=self.office, round=row).execute()
        with standing_at(self.at(190)):
            PublishRound(user=self.other, round=row).execute()
        with standing_at(self.at(187)):
            self.appeal(row)
        with standing_at(self.at(180)):
            ApproveResults(user=self.other, round=row, paper="自治区人民政府办公厅批示（申诉复核）").execute()
            IssueCircular(user=self.office, round=row, agency="澜质强办通").execute()
        with standing_at(self.at(158)):
            self.rectify(row)
        with standing_at(self.at(150)):
            CloseRound(user=self.office, round=row).execute()

    def visits(self, row: Round) -> None:
        """The drawn objects, each item with a finding; one in six does not agree."""
        team = [self.people["panel"], self.people["panel2"]]
        for entry in self.entries(row):
            visit = getattr(entry, "visit", None)
            if visit is None:
                continue
            for code in visit.items:
                agrees = self.random.random() > 1 / 6
                text = "查阅台账和现场情况，与申报一致。" if agrees else "现场抽查的档案不完整，与申报材料不一致。"
                RecordFinding(user=self.random.choice(team), entry=entry, item=code, text=text, agrees=agrees).execute()
            FinishVisit(
                user=team[0],
                entry=entry,
                summary="听取汇报、查阅资料并走访两家企业，总体情况与申报相符，个别档案需要完善。",
            ).execute()

    def panel(self, row: Round) -> None:
        """The panel settles the widest differences and decides on a bonus and a deduction."""
        one, other = self.people["panel"], self.people["panel2"]
        entries = self.entries(row)
        marks = standing.marks_of(entries)
        for entry in entries:
            for deviation in rules.deviations(row.content.sheet, standing.said(marks[entry.pk]))[:1]:
                answer = marks[entry.pk][deviation.item]["department"].said
                PanelMark(
                    user=one,
                    entry=entry,
                    item=deviation.item,
                    answer=Answer(answer.value, answer.parts, answer.reference, False, "复核材料，维持部门评分"),
                ).execute()
            for code in (item.code for item in row.content.sheet.items if item.part in ("key", "basic")):
                if not {"department", "panel", "site"} & set(marks[entry.pk][code]):
                    item = row.content.sheet.item(code)
                    answer = self.found(item, 0.9, None)
                    note = "评分单位未评，由评审组核材料评定"
                    said = Answer(answer.value, answer.parts, answer.reference, False, note)
                    PanelMark(user=one, entry=entry, item=code, answer=said).execute()
        best, worst = entries[0], entries[-1]
        bonus = ProposeDecision(
            user=one, entry=best, kind="bonus", title="一家企业获中国质量奖提名", points=Decimal("0.5"),
            facts="考核期内辖区企业获中国质量奖提名奖，公示文件可查。",
        ).execute()  # fmt: skip
        ConfirmDecision(user=other, entry=best, decision=bonus).execute()
        loss = ProposeDecision(
            user=other, entry=worst, kind="deduction", title="迟报一起质量安全事件", points=Decimal(1),
            facts="一起一般质量安全事件迟报两日，经核实未造成扩大影响。",
        ).execute()  # fmt: skip
        ConfirmDecision(user=one, entry=worst, decision=loss).execute()

    def appeal(self, row: Round) -> None:
        """Two appeals, one upheld."""
        answers = (("m2", "补充材料属实，予以采纳。", True), ("f4", "补充材料形成于考核期之后，维持原评分。", False))
        for entry, (code, text, upheld) in zip(reversed(self.entries(row)), answers, strict=False):
            made = FileAppeal(
                user=self.answering(entry),
                entry=entry,
                item=code,
                text="自评后又补充了年度活动方案、总结和影像资料，请求复核该项得分。",
            ).execute()
            DecideAppeal(
                user=self.office,
                round=row,
                appeal=made,
                upheld=upheld,
                text=text,
                answer={"value": "good"} if upheld else None,
            ).execute()

    def rectify(self, row: Round) -> None:
        """Reports and acceptance; the first is sent back once."""
        for number, order in enumerate(Order.objects.filter(entry__round=row).select_related("entry__unit")):
            entry = order.entry
            user = self.answering(entry)
            self.report(entry, order, user)
            if number == 0:
                AnswerOrder(
                    user=self.office, entry=entry, order=order, accepts=False, reason="请补充检测能力缺项的完成时限。"
                ).execute()
                self.report(entry, order, user)
            AnswerOrder(user=self.office, entry=entry, order=order, reason="整改到位，同意验收。").execute()

    def report(self, entry: Entry, order: Order, user: User) -> None:
        ReportOrder(
            user=user,
            entry=entry,
            order=order,
            text="已逐项制定整改措施：完善监管档案，补充检测设备计划并落实经费，明确责任科室和完成时限；目前均已落实。",
        ).execute()
