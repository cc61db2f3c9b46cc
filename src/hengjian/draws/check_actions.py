"""The verbs on one drawn target: replace it, record what was found, publish it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.clocks.actions import start_clock, stop_clock
from hengjian.clocks.models import Deadline
from hengjian.draws import facts
from hengjian.draws.base import DrawFacts
from hengjian.draws.models import Draw, Drawn, Result
from hengjian.draws.queries import codes_of
from hengjian.draws.reminding import ALARMS, tell_inspectors
from hengjian.parties.verbs import ActionRefused, require_other_person

PUBLISH = "draws.publish"


@dataclass(kw_only=True)
class CheckAction(DrawFacts):
    drawn: Drawn

    def target(self) -> Drawn:
        return self.drawn


@dataclass(kw_only=True)
class ReplaceTarget(CheckAction):
    """A drawn target cannot be checked (closed, moved away): the next reserve of its layer takes its place."""

    verb = "draws.record"
    needs_reason = True

    def _following(self) -> Drawn:
        rows = self.drawn.draw.drawn.filter(state=Drawn.State.RESERVE, stratum=self.drawn.stratum)
        following = rows.order_by("order").first()
        if following is None:
            raise ActionRefused(_("这一类已经没有备选对象。"), _("请按“无法联系”等结果录入。"))
        return following

    def check_state(self) -> None:
        if self.drawn.state != Drawn.State.WAITING:
            raise ActionRefused(_("只有待检查的对象可以替换。"))
        self._following()

    def perform(self) -> Drawn:
        # Held, so that two replacements at once do not take the same reserve.
        Draw.objects.select_for_update().get(pk=self.drawn.draw_id)
        following = self._following()
        self.drawn.state, self.drawn.replaced_for = Drawn.State.REPLACED, self.reason.strip()[:300]
        self.drawn.save(update_fields=["state", "replaced_for"])
        following.state, following.replaces = Drawn.State.WAITING, self.drawn
        following.save(update_fields=["state", "replaces"])
        tell_inspectors([following])
        return following

    def logged(self, result: Any) -> Drawn:
        return self.drawn


@dataclass(kw_only=True)
class RecordResult(CheckAction):
    """What the check found; starts the term for publication. Once published, a correction needs its reason and is
    published again by a second person."""

    verb = "draws.record"

    code: str
    ended_on: date
    note: str = ""
    evidence: Sequence[str] = ()

    def check_state(self) -> None:
        if self.drawn.state in (Drawn.State.RESERVE, Drawn.State.REPLACED):
            raise ActionRefused(_("这个对象不在检查之列。"))
        if codes_of(self.drawn.draw).item(self.code) is None:
            raise ActionRefused(_("没有“%(code)s”这种检查结果。") % {"code": self.code[:40]}, status=400)
        drawn_on = timezone.localdate(self.drawn.draw.drawn_at)
        if not drawn_on <= self.ended_on <= timezone.localdate():
            raise ActionRefused(
                _("检查结束日期应在 %(from)s 抽取之后，且不晚于今天。") % {"from": drawn_on}, status=400
            )
        if self.drawn.results.exists() and not self.reason.strip():
            raise ActionRefused(_("结果已经录入过，更正须写明原因。"), status=400)

    def perform(self) -> Result:
        drawn, parent = self.drawn, self.drawn.draw
        last = drawn.results.order_by("-version").first()
        deadline = Deadline.objects.filter(owner=drawn.ref, purpose=PUBLISH).first()
        if deadline is None:
            deadline = start_clock(
                drawn.ref,
                PUBLISH,
                self.ended_on,
                rule=rulebook.at("terms", parent.region.code, self.ended_on, variant=parent.publish_term),
                region=parent.region.code,
                unit=parent.unit.ref,
                by=self.actor.ref if self.actor else self.system,
                alarms=[(code, offset) for code, (offset, _words) in ALARMS.items()],
            )
        result = Result.objects.create(
            drawn=drawn,
            version=last.version + 1 if last else 1,
            code=self.code,
            ended_on=self.ended_on,
            note=self.note.strip()[:500],
            evidence=list(self.evidence),
            reason=self.reason.strip()[:300],
            recorded_by=self.actor,
            publish_by=deadline.due_on,
        )
        drawn.state = Drawn.State.CHECKED
        drawn.save(update_fields=["state"])
        return result

    def logged(self, result: Any) -> Drawn:
        return self.drawn


@dataclass(kw_only=True)
class PublishResult(CheckAction):
    """Publish the newest result of one check; not by whoever recorded it."""

    verb = "draws.publish"

    def check_state(self) -> None:
        if self.drawn.state != Drawn.State.CHECKED:
            raise ActionRefused(_("没有等待公示的检查结果。"))
        last = self.drawn.results.order_by("-version").first()
        assert last is not None
        require_other_person(self.user, last.recorded_by, _("公示检查结果"))

    def perform(self) -> Result:
        drawn, parent, today = self.drawn, self.drawn.draw, timezone.localdate()
        result = drawn.results.order_by("-version").first()
        assert result is not None
        before = drawn.results.exclude(fact=None).order_by("-version").first()
        item = codes_of(parent).item(result.code)
        payload = facts.CheckResult(
            draw=parent.ref,
            title=parent.title,
            name=drawn.name,
            code=result.code,
            code_title=item.title if item else result.code,
            ended_on=result.ended_on,
            published_on=today,
            version=result.version,
        )
        result.published_by, result.published_at = self.actor, timezone.now()
        result.fact = self.fact(
            parent,
            facts.RESULT.name,
            drawn.subject,
            payload,
            result.ended_on,
            refs={"draw": parent.ref, "check": drawn.ref},
            evidence=tuple(result.evidence),
            supersedes=before.fact if before else None,
        )
        result.save(update_fields=["published_by", "published_at", "fact"])
        drawn.state = Drawn.State.PUBLISHED
        drawn.save(update_fields=["state"])
        for deadline in Deadline.objects.filter(owner=drawn.ref, purpose=PUBLISH, state=Deadline.State.OPEN):
            stop_clock(deadline, by=self.actor.ref if self.actor else self.system)
        if not parent.drawn.filter(state__in=(Drawn.State.WAITING, Drawn.State.CHECKED)).exists():
            parent.state = Draw.State.FINISHED
            parent.save(update_fields=["state"])
        return result

    def logged(self, result: Any) -> Drawn:
        return self.drawn
