"""What the steps of a lift rescue do: keep the rescue's row, climb the ladder, log every dispatch with its times."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian import rulebook
from hengjian.cases.hooks import StepContext
from hengjian.cases.models import Case
from hengjian.pages.notices import tell
from hengjian.parties.models import Region, Unit, User
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.keys import prefecture_of
from hengjian.registers.queries import by_ref, entries
from hengjian.rulebook.parameters.rescue_ladder import RescueLadder
from hengjian.systems.equipment.models import Dispatch, Lift, Rescue
from hengjian.systems.equipment.rules import Body, Candidate, Point, Rung, candidates

Answer = Dispatch.Answer


def lift_of(case: Case) -> Lift | None:
    """The lift that a case is about: by its subject, else by the 96333 code within the case's city."""
    found = by_ref(case.subject) if case.subject else None
    if isinstance(found, Lift):
        return found
    code = case.data.get("lift_code")
    return lift_by_code(str(code), case.region) if code else None


def lift_by_code(code: str, region: Region) -> Lift | None:
    """The lift with a 96333 code in the city that a region belongs to."""
    rows = Lift.objects.filter(register="lift", key=code, key_scope=prefecture_of(region).code)
    return rows.select_related("unit", "region", "maintainer").first()


def opened(case: Case) -> None:
    """A call came in: its row for the desk and the statistics."""
    Rescue.objects.create(
        case=case,
        lift=lift_of(case),
        region=case.region,
        unit=case.unit,
        area_kind=str(case.data.get("area_kind") or "other"),
        called_at=case.opened_at,
        people=int(case.data.get("people") or 0),
    )


def ladder_rule(case: Case) -> rulebook.Rule:
    """The rule of the ladder in the case's region on its rule day."""
    return rulebook.at("rescue_ladder", case.region.code, case.rules_on, "lift")


def ladder_of(case: Case) -> RescueLadder:
    """What that rule says."""
    return ladder_rule(case).typed(RescueLadder)


def bodies_in(region: Region) -> list[Body]:
    """The rescue bodies that can be sent in the city of a region."""
    rows = entries("rescue_body").filter(status="active", extras__city=prefecture_of(region).code)
    return [_body(key, title, extras) for key, title, extras in rows.values_list("key", "title", "extras")]


def _body(key: str, title: str, extras: Mapping[str, str]) -> Body:
    return Body(
        key=key,
        name=title,
        kind=extras.get("kind", ""),
        code=extras.get("code", ""),
        point=Point.read(extras.get("point") or ""),
        line=extras.get("duty_line", ""),
    )


def who_next(rescue: Rescue) -> list[Candidate]:
    """Everybody who can still be sent to a rescue, in the order of the ladder."""
    case, lift = rescue.case, rescue.lift
    ladder = [Rung(level.bodies, frozenset(level.compensated)) for level in ladder_of(case).levels]
    return candidates(
        ladder,
        bodies_in(case.region),
        contracted=lift.maint_unit_code if lift else "",
        user=lift.use_unit_code if lift else "",
        at=Point.read(lift.point) if lift else None,
        sent=rescue.dispatches.exclude(body="").values_list("body", flat=True),
    )


def dispatch(context: StepContext) -> None:
    """Send the chosen body, or the first of the ladder."""
    _send(context, _rescue(context))


def next_body(context: StepContext) -> None:
    """The last one did not answer or cannot come: note it, and send the next."""
    rescue = _rescue(context)
    answer = Answer.REFUSED if context.values.get("answer") == "refused" else Answer.SILENT
    waiting = rescue.dispatches.filter(answer__in=(Answer.WAITING, Answer.ACCEPTED), arrived_at=None)
    waiting.update(answer=answer, answered_at=context.at)
    _send(context, rescue)


def _send(context: StepContext, rescue: Rescue) -> None:
    wanted = str(context.values.get("body") or "").strip()
    found = who_next(rescue)
    if wanted:
        found = [item for item in found if wanted in (item.body.key, item.body.name)]
    if not found and context.system:
        # The ladder is used up: the desk is alarmed by the clock and calls on; nothing may stop the log.
        return
    if not found:
        raise ActionRefused(
            _("没有可派的救援力量：“%(wanted)s”不在值守，或已派过。") % {"wanted": wanted}
            if wanted
            else _("各级救援力量都已派过，或本市没有登记值守的救援力量。"),
            _("请直接拨打 110、119，并在说明中记录；救援力量在登记册“电梯救援力量”中维护。"),
        )
    chosen = found[0]
    Dispatch.objects.create(
        rescue=rescue,
        number=rescue.dispatches.count() + 1,
        level=chosen.level,
        kind=chosen.kind,
        body=chosen.body.key,
        name=chosen.body.name,
        line=chosen.body.line,
        distance=None if chosen.km is None else Decimal(f"{chosen.km:.2f}"),
        sent_at=context.at,
        compensated=chosen.compensated,
    )
    rescue.level = chosen.level
    rescue.dispatched_at = rescue.dispatched_at or context.at
    rescue.save(update_fields=["level", "dispatched_at"])
    tell(
        _people_of(chosen.body.key),
        gettext_noop("电梯困人，请立即出动：%(place)s（%(number)s）。"),
        rescue.case.ref,
        f"rescue:{rescue.pk}:{chosen.body.key}",
        {"place": str(rescue.case.data.get("place", "")), "number": rescue.case.number},
    )


def _people_of(body: str) -> list[User]:
    """The people with an account at a rescue body."""
    key = entries("rescue_body").filter(key=body).values_list("extras__account", flat=True).first()
    unit = Unit.objects.filter(key=key).first() if key else None
    return list(User.objects.filter(unit=unit, is_active=True)) if unit else []


def answered(context: StepContext) -> None:
    """The one that was sent last is on its way."""
    last = _rescue(context).dispatches.filter(answer=Answer.WAITING).order_by("-number").first()
    if last is not None:
        last.answer, last.answered_at = Answer.ACCEPTED, context.at
        last.save(update_fields=["answer", "answered_at"])


def arrived(context: StepContext) -> None:
    """Somebody is there; whoever arrives has answered."""
    rescue = _rescue(context)
    rescue.arrived_at = context.at
    rescue.save(update_fields=["arrived_at"])
    _mark_arrival(rescue, context)


def _mark_arrival(rescue: Rescue, context: StepContext) -> None:
    there = rescue.dispatches.filter(answer__in=(Answer.WAITING, Answer.ACCEPTED)).order_by("-number").first()
    if there is not None and there.arrived_at is None:
        there.answer, there.arrived_at = Answer.ACCEPTED, context.at
        there.answered_at = there.answered_at or context.at
        there.save(update_fields=["answer", "answered_at", "arrived_at"])


def ended(context: StepContext) -> None:
    """Released, freed themselves, or a false alarm."""
    rescue, case = _rescue(context), context.case
    rescue.ended_at, rescue.outcome = context.at, case.outcome
    rescue.cause = str(case.data.get("cause") or "")
    rescue.injured = int(case.data.get("injured") or 0)
    if case.outcome == "released" and rescue.arrived_at is None:
        # Nobody reported the arrival; whoever released them was there by then.
        rescue.arrived_at = context.at
        _mark_arrival(rescue, context)
    rescue.save(update_fields=["ended_at", "outcome", "cause", "injured", "arrived_at"])
    rescue.dispatches.filter(answer=Answer.WAITING).update(answer=Answer.STOOD_DOWN, answered_at=context.at)


def _rescue(context: StepContext) -> Rescue:
    return Rescue.objects.select_related("case__region", "lift").get(case=context.case)


def elapsed(rescue: Rescue) -> int:
    """Whole minutes since the call, up to its end."""
    return int(((rescue.ended_at or timezone.now()) - rescue.called_at).total_seconds() // 60)
