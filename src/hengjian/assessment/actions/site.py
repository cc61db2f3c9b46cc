"""On-site verification: objects and items drawn by the ledger's next checkpoint, findings with photographs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.assessment.actions.base import PHOTOS, EntryAction, RoundAction, item_of, require_state
from hengjian.assessment.actions.marking import check_reviewer
from hengjian.assessment.actions.rounds import name_reviewers
from hengjian.assessment.models import Entry, Finding, Reviewer, Round, Visit
from hengjian.documents.actions import store_file
from hengjian.draws.actions import PerformDraw, PrepareDraw
from hengjian.draws.models import Draw, Drawn
from hengjian.draws.pools import Person
from hengjian.draws.rules import Stratum, Target
from hengjian.parties.models import User
from hengjian.parties.verbs import ActionRefused

#: The draw is prepared and performed in the name of this office; the round's own log names the person.
SYSTEM = "assessment"


def drawn_items(seed: str, entry: str, codes: Sequence[str], count: int) -> list[str]:
    """The items to be looked at: those with the smallest SHA-256 of `<seed> LF item LF <entry> LF <code>`, in the order
    of the sheet. The seed is that of the draw of objects."""

    def number(code: str) -> str:
        return hashlib.sha256(f"{seed}\nitem\n{entry}\n{code}".encode()).hexdigest()

    chosen = set(sorted(codes, key=number)[:count])
    return [code for code in codes if code in chosen]


@dataclass(kw_only=True)
class PrepareSites(RoundAction[Round]):
    """Freeze the list of objects and the people who go, before the seed exists; the commitment enters the ledger."""

    team: Sequence[User]

    def check_state(self) -> None:
        require_state(self.round, Round.State.DEPARTMENT, Round.State.SITE)
        if self.round.draw is not None:
            raise ActionRefused(_("核查名单已经锁定。"), _("请等待抽取。"))
        people = list(dict.fromkeys(self.team))
        if len(people) < 2:
            raise ActionRefused(_("核查组至少两人。"), status=400)
        units = set(self.round.entries.values_list("unit", flat=True))
        for user in people:
            if user.unit_id in units:
                raise ActionRefused(
                    _("%(name)s是被评单位的人员，须回避。") % {"name": user},
                    _("请另选其他单位的核查人员。"),
                    status=400,
                )

    def perform(self) -> Round:
        row = self.round
        entries = list(row.entries.select_related("unit"))
        count = row.content.scheme.site.objects(len(entries))
        made = PrepareDraw(
            user=None,
            system=SYSTEM,
            title=_("%(round)s实地核查") % {"round": row.title},
            matter=row.ref,
            unit=row.unit,
            region=row.region,
            rule=rulebook.at("random_checks", row.region.code, timezone.localdate(), variant="assessment-site"),
            targets=[Target(entry.ref, entry.name, unit=entry.unit.key) for entry in entries],
            inspectors=[
                Person(f"R{user.pk:04}", str(user), user.unit.key if user.unit else "", user.pk)
                for user in dict.fromkeys(self.team)
            ],
            strata=[Stratum("", count, 0)],
            seed_kind=Draw.Seed.CHECKPOINT,
            targets_source=row.title,
        ).execute()
        row.draw = made.pk
        row.save(update_fields=["draw"])
        return row


@dataclass(kw_only=True)
class DrawSites(RoundAction[int]):
    """Draw with the first signed checkpoint after the freezing, and lay out the visits."""

    def check_state(self) -> None:
        require_state(self.round, Round.State.SITE)
        if self.round.draw is None:
            raise ActionRefused(_("还没有锁定核查名单。"), _("请先选定核查组并锁定名单。"))
        if Draw.objects.get(pk=self.round.draw).state != Draw.State.PREPARED:
            raise ActionRefused(_("已经抽取。"))

    def perform(self) -> int:
        row = self.round
        assert row.draw is not None
        made = PerformDraw(user=None, system=SYSTEM, draw=Draw.objects.get(pk=row.draw)).execute()
        entries = {entry.ref: entry for entry in row.entries.all()}
        codes = [item.code for item in row.content.sheet.items if item.part in ("key", "basic")]
        chosen = Drawn.objects.filter(draw=made, reserve=False).prefetch_related("pairings").order_by("order")
        for drawn in chosen:
            entry = entries[drawn.target]
            items = drawn_items(made.seed, entry.ref, codes, row.content.scheme.site.items)
            Visit.objects.create(entry=entry, items=items)
            people = [pairing.user_id for pairing in drawn.pairings.all() if pairing.user_id]
            name_reviewers(row, [entry], list(User.objects.filter(pk__in=people)), Reviewer.Role.SITE)
        return len(chosen)

    def logged(self, result: Any) -> Round:
        return self.round


@dataclass(kw_only=True)
class AddVisit(RoundAction[Visit]):
    """Visit an object that was not drawn, for a reason that is kept (a report from the public, a wide deviation)."""

    needs_reason = True
    entry: Entry
    items: Sequence[str]
    team: Sequence[User]

    def check_state(self) -> None:
        require_state(self.round, Round.State.SITE)
        if Visit.objects.filter(entry=self.entry).exists():
            raise ActionRefused(_("这个对象已在核查名单中。"))
        if len(set(self.team)) < 2:
            raise ActionRefused(_("核查组至少两人。"), status=400)
        for code in self.items:
            item_of(self.round, code)
        if not self.items:
            raise ActionRefused(_("请选择核查的评分项。"), status=400)

    def perform(self) -> Visit:
        made = Visit.objects.create(entry=self.entry, items=list(self.items), drawn=False, summary=self.reason.strip())
        name_reviewers(self.round, [self.entry], self.team, Reviewer.Role.SITE)
        return made


@dataclass(kw_only=True)
class VisitAction(EntryAction[Any]):
    verb = "assessment.visit"

    def visit(self) -> Visit:
        found: Visit | None = getattr(self.entry, "visit", None)
        if found is None:
            raise ActionRefused(_("这个对象不在核查名单中。"), status=404)
        return found

    def check_state(self) -> None:
        require_state(self.entry.round, Round.State.SITE)
        check_reviewer(self.entry, self.actor, Reviewer.Role.SITE)
        if self.visit().finished_at is not None:
            raise ActionRefused(_("核查已经完成，不能再改。"))


@dataclass(kw_only=True)
class RecordFinding(VisitAction):
    """What was found at an item. Photographs are taken where they tell something; nobody has to."""

    item: str
    text: str
    agrees: bool = True
    files: Sequence[tuple[bytes, str]] = ()

    def check_state(self) -> None:
        super().check_state()
        if self.item not in self.visit().items:
            raise ActionRefused(_("这一项不在本次核查范围内。"), status=400)
        if len(self.text.strip()) < 4:
            raise ActionRefused(_("请写明核查发现。"), status=400)

    def perform(self) -> Finding:
        return Finding.objects.create(
            visit=self.visit(),
            item=self.item,
            text=self.text.strip(),
            agrees=self.agrees,
            files=stored(self.files, self.entry.ref, self.actor),
            by=self.actor,
        )

    def logged(self, result: Any) -> Entry:
        return self.entry


def stored(files: Sequence[tuple[bytes, str]], subject: str, by: User | None, kinds: Any = PHOTOS) -> list[Any]:
    """Keep files; [{file, name, address}]."""
    found = []
    for data, name in files:
        kept = store_file(data, name, subject=subject, stored_by=by.ref if by else "", allowed=kinds)
        found.append({"file": kept.pk, "name": kept.name, "address": kept.address})
    return found


@dataclass(kw_only=True)
class FinishVisit(VisitAction):
    """Conclude a visit: every item of it has a finding."""

    summary: str
    visited_on: Any = None

    def check_state(self) -> None:
        super().check_state()
        visit = self.visit()
        found = set(visit.findings.values_list("item", flat=True))
        lacking = [item_of(self.entry.round, code).title for code in visit.items if code not in found]
        if lacking:
            raise ActionRefused(
                _("还有 %(n)s 项没有核查发现：%(items)s。") % {"n": len(lacking), "items": "、".join(lacking)}
            )
        if len(self.summary.strip()) < 4:
            raise ActionRefused(_("请填写核查情况。"), status=400)

    def perform(self) -> Visit:
        visit = self.visit()
        visit.summary = self.summary.strip()
        visit.visited_on = self.visited_on or timezone.localdate()
        visit.finished_at, visit.finished_by = timezone.now(), self.actor
        visit.save()
        return visit

    def logged(self, result: Any) -> Entry:
        return self.entry
