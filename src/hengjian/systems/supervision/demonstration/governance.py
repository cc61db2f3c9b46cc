"""Lists of powers, meetings and decisions, papers, mechanisms, budgets."""

from __future__ import annotations

from hengjian.parties.models import Unit
from hengjian.registers.actions import ApproveEntry
from hengjian.registers.models import EntryBase
from hengjian.systems.supervision.demonstration import texts
from hengjian.systems.supervision.demonstration.base import REGION, SYSTEM, Part


class Governance(Part):
    """Lists of powers, meetings and decisions, papers, mechanisms, budgets."""

    def build(self) -> None:
        """All of it."""
        self.governance()

    def governance(self) -> None:
        office = self.units[f"{REGION}-quality-office"]
        owner = self.unit(REGION, "market-regulation")
        self._power_list(owner)
        for post, family, role in texts.MEMBERS:
            key = f"{REGION}-{family}" if family else office.key
            values = {"group": "澜川自治区质量强区工作领导小组", "post": post, "member_unit": key, "role": role}
            values["document"] = f"澜政办发〔{self.today.year - 1}〕12号"
            self.enter("leading_group_member", office, values, days=300, valid_from=self.ago(300))
        for place, (name, kind, agenda, decisions) in enumerate(texts.MEETINGS):
            held = (200, 95, 20)[place]
            meeting = self.enter(
                "coordination_meeting",
                office,
                {
                    "name": name,
                    "kind": kind,
                    "held_on": self.ago(held).isoformat(),
                    "chaired_by": "领导小组组长",
                    "units": "各成员单位",
                    "agenda": agenda,
                    "minutes_number": f"领导小组会议纪要〔{self.today.year}〕{place + 1}号",
                },
                days=held - 1,
                status="held",
            )
            for number, (decision, family, within) in enumerate(decisions):
                entry = self.enter(
                    "meeting_decision",
                    office,
                    {
                        "meeting": meeting.key,
                        "decision": decision,
                        "responsible": f"{REGION}-{family}",
                        "due_on": self.ago(held - within).isoformat(),
                    },
                    days=held - 1,
                )
                if number == 0 and held > within + 3:
                    done = held - within + 3
                    values = {"done_on": self.ago(done).isoformat(), "result": "已印发并落实。"}
                    self.change(entry, values, "落实完成", days=done)
                    self.status(entry, "done", "落实完成", days=done)
        self._papers(office)
        for name, family, document, progress in texts.MECHANISMS:
            values = {"name": name, "lead": f"{REGION}-{family}", "document": document, "progress": progress}
            values["reviewed_on"] = self.ago(30).isoformat()
            self.enter("work_mechanism", office, values, days=250, status="running")
        for name, kind, work in texts.BODIES:
            values = {"name": name, "kind": kind, "work": work, "self_discipline": "是"}
            self.enter("participant_body", owner, values, days=250)
        for back, budget, previous, spent in texts.BUDGETS:
            year = self.today.year - back
            values = {"year": str(year), "budget": f"{budget}.00", "previous": f"{previous}.00", "spent": f"{spent}.00"}
            values["purposes"] = "质量奖励、监督抽查、技术机构能力建设"
            self.enter("quality_budget", owner, values, days=30, key=str(year), status="settled" if back else "")
        for name, kind, partners, matters in texts.COOPERATION:
            values = {"name": name, "kind": kind, "partners": partners, "matters": matters}
            values["signed_on"] = self.ago(400).isoformat()
            period = {"valid_from": self.ago(400), "valid_to": self.ago(-330)}
            self.enter("cooperation_arrangement", office, values, days=380, **period)
        for bearer, kind, content, outcome in texts.RESPONSIBILITY:
            values = {"bearer": bearer, "kind": kind, "content": content, "signed_on": self.ago(310).isoformat()}
            entry = self.enter("responsibility_record", office, values, days=305)
            if outcome:
                self.change(entry, {"outcome": outcome, "decided_on": self.ago(60).isoformat()}, "年度考核", days=58)

    def _power_list(self, owner: Unit) -> None:
        """A list that was changed twice, so that two days differ."""
        entries = []
        for key, name, kind, category, basis in texts.POWERS:
            entry = self.enter(
                "power_item",
                owner,
                {
                    "name": name,
                    "list_kind": kind,
                    "category": category,
                    "basis": basis,
                    "actor": owner.name,
                    "addressee": "公民、法人或者其他组织",
                    "duties": "受理、审查、决定、送达、事后监管。",
                    "accountability": "不履行或不正确履行职责的，依法追究责任。",
                    "limit_days": 20,
                },
                days=320,
                key=key,
            )
            self._confirm(entry, 318)
            entries.append(entry)
        self.change(entries[1], {"basis": texts.NEW_BASIS, "limit_days": 10}, "依据修订、压缩时限", days=90)
        self._confirm(entries[1], 88)
        entries[0].refresh_from_db()
        self.status(entries[0], "cancelled", "国务院决定取消该许可事项", days=60)
        # One change still waits for the second person.
        self.change(entries[2], {"limit_days": 15}, "压缩时限", days=2)

    def _confirm(self, entry: EntryBase, days: int) -> None:
        entry.refresh_from_db()
        ApproveEntry(user=None, system=SYSTEM, entry=entry, on=self.ago(days)).execute()

    def _papers(self, office: Unit) -> None:
        """Deliverables and the calendar of reports, some late."""
        for place, (name, kind, family) in enumerate(texts.DELIVERABLES):
            due = (120, 30, -40, -90, 10)[place]
            values = {"name": name, "kind": kind, "drafter": f"{REGION}-{family}", "due_on": self.ago(due).isoformat()}
            entry = self.enter("deliverable", office, values, days=310)
            if place in {0, 2}:
                days = 180 if place == 0 else 50
                consulted = {"consult_from": self.ago(days).isoformat(), "consult_to": self.ago(days - 30).isoformat()}
                self.change(entry, consulted, "公开征求意见", days=days)
                self.status(entry, "consult", "公开征求意见", days=days)
            if place == 0:
                self.change(entry, {"opinions": 46, "adopted": 17}, "意见汇总", days=145)
                self.status(entry, "review", "报送合法性审核", days=140)
                issued = {"document_number": f"澜政办发〔{self.today.year}〕31号", "done_on": self.ago(125).isoformat()}
                self.change(entry, issued, "印发", days=125)
                self.status(entry, "issued", "印发", days=125)
        year = self.today.year
        for place, (name, kind, publisher) in enumerate(texts.PUBLICATIONS):
            due = (230, 140, 45, 15, -45)[place]
            values = {"name": f"{year}年{name}", "kind": kind, "period": f"{year} 年", "publisher": publisher}
            values["due_on"] = self.ago(due).isoformat()
            entry = self.enter("quality_publication", office, values, days=300)
            if place < 3:
                done = {"done_on": self.ago(due + 4).isoformat(), "summary": texts.REPORT_SUMMARY}
                self.change(entry, done, "发布", days=due + 3)
                self.status(entry, "published", "发布", days=due + 3)
