"""The verbs on units: making, changing, succeeding one another, and who leads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.parties.handover import Move, holding, preview
from hengjian.parties.models import Region, Unit, UnitAlias, UnitLeader, UnitSuccession, User
from hengjian.parties.policies import Scope, require
from hengjian.parties.verbs import Action, ActionRefused

EDITABLE = ("name", "short_name", "kind", "parent", "valid_from", "valid_to")


@dataclass(kw_only=True)
class UnitFields:
    """What may be said about a unit. A succession ends one; a plain change of name keeps it."""

    name: str
    short_name: str = ""
    kind: str = Unit.Kind.DEPARTMENT
    parent: Unit | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def values(self) -> dict[str, object]:
        return {name: _tidy(getattr(self, name)) for name in EDITABLE}

    def check_fields(self, region: Region, unit: Unit | None = None) -> None:
        """Raises ActionRefused for a name that is empty or taken, dates in the wrong order, a circle of parents."""
        name = _tidy(self.name)
        if not name:
            raise ActionRefused(_("没有填写全称。"), _("请填写单位的全称。"), status=400)
        if self.kind not in Unit.Kind.values:
            raise ActionRefused(_("没有这种类别的单位。"), _("请重新选择。"), status=400)
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ActionRefused(_("失效日期早于生效日期。"), _("请改正日期。"), status=400)
        same = Unit.objects.filter(region=region, name=name)
        if unit is not None:
            same = same.exclude(pk=unit.pk)
        if self.valid_from:
            same = same.filter(valid_to__isnull=True) | same.filter(valid_to__gte=self.valid_from)
        if self.valid_to:
            same = same.filter(valid_from__isnull=True) | same.filter(valid_from__lte=self.valid_to)
        if same.exists():
            raise ActionRefused(
                _("%(region)s在同一时期已有名为“%(name)s”的单位。") % {"region": region, "name": name},
                _("请核对名称，或在原有单位上修改。"),
            )
        above, seen = self.parent, set[int]()
        while above is not None and above.pk not in seen:
            if unit is not None and above.pk == unit.pk:
                raise ActionRefused(_("上级单位不能是它自己或它的下级。"), _("请重新选择上级单位。"), status=400)
            seen.add(above.pk)
            above = above.parent


def _tidy(value: object) -> object:
    return " ".join(value.split()) if isinstance(value, str) else value


@dataclass(kw_only=True)
class CreateUnit(UnitFields, Action[Unit]):
    """Register a unit, such as the one that a reform sets up."""

    verb = "parties.edit_unit"
    needs_reason = True
    region: Region

    def target(self) -> Scope:
        return Scope(region=self.region)

    def check_state(self) -> None:
        self.check_fields(self.region)

    def perform(self) -> Unit:
        return Unit.objects.create(region=self.region, level=self.region.level, **self.values())


@dataclass(kw_only=True)
class EditUnit(UnitFields, Action[Unit]):
    """Change what is said about a unit. A new name from `renamed_on` on keeps the old one as its former name."""

    verb = "parties.edit_unit"
    needs_reason = True
    unit: Unit
    renamed_on: date | None = None

    def target(self) -> Unit:
        return self.unit

    def check_state(self) -> None:
        self.check_fields(self.unit.region, self.unit)
        ends = self.valid_to is not None and self.valid_to < timezone.localdate()
        if ends and self.valid_to != self.unit.valid_to and not self.unit.successions.exists():
            held = preview(self.unit)
            if held:
                raise ActionRefused(
                    _("这个单位还有%(things)s，不能直接撤销。")
                    % {"things": "、".join(f"{entry.holding.label}（{entry.count}）" for entry in held)},
                    _("请先登记承接单位，由它接续。"),
                )

    def perform(self) -> Unit:
        unit, former = self.unit, self.unit.name
        for name, value in self.values().items():
            setattr(unit, name, value)
        unit.save(update_fields=list(EDITABLE))
        if self.renamed_on is not None and former != unit.name:
            UnitAlias.objects.update_or_create(
                unit=unit,
                alias=former,
                defaults={"kind": UnitAlias.Kind.FORMER, "valid_to": self.renamed_on - timedelta(days=1)},
            )
        return unit


@dataclass(kw_only=True)
class SaveLeader(Action[UnitLeader]):
    """Enter or change who leads a unit; an end is a day, nothing is deleted."""

    verb = "parties.edit_unit"
    unit: Unit
    leader: UnitLeader | None = None
    name: str
    position: str
    charge: str = ""
    order: int = 1
    valid_from: date | None = None
    valid_to: date | None = None

    def target(self) -> Unit:
        return self.unit

    def check_state(self) -> None:
        if not self.name.strip() or not self.position.strip():
            raise ActionRefused(_("请填写姓名和职务。"), status=400)
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ActionRefused(_("失效日期早于生效日期。"), _("请改正日期。"), status=400)
        if self.leader is not None and self.leader.unit_id != self.unit.pk:
            raise ActionRefused(_("这位负责人不属于这个单位。"), _("请返回单位页面重试。"), status=404)

    def perform(self) -> UnitLeader:
        leader = self.leader or UnitLeader(unit=self.unit)
        leader.name, leader.position, leader.charge = self.name.strip(), self.position.strip(), self.charge.strip()
        leader.order, leader.valid_from, leader.valid_to = self.order, self.valid_from, self.valid_to
        leader.save()
        return leader

    def logged(self, result: UnitLeader) -> UnitLeader:
        return result


@dataclass(kw_only=True)
class RecordSuccession(Action[UnitSuccession]):
    """A unit goes over into another, whole or in part, from a day on. `moves`: codes of what is handed over; done at
    once when the day has come, else by the worker on the day. `ends`: the old unit is gone the day before."""

    verb = "parties.edit_unit"
    needs_reason = True
    predecessor: Unit
    successor: Unit
    on: date
    document: str = ""
    scope: str = ""
    main: bool = True
    ends: bool = True
    moves: list[str] = field(default_factory=list)

    def target(self) -> Unit:
        return self.predecessor

    def check_state(self) -> None:
        old, new = self.predecessor, self.successor
        if old.pk == new.pk:
            raise ActionRefused(_("承接单位不能是它自己。"), _("请选择另一个单位。"), status=400)
        require(self.user, self.verb, new)
        if UnitSuccession.objects.filter(predecessor=old, successor=new).exists():
            raise ActionRefused(_("这项承接已经登记。"), _("请在单位页面的沿革中查看。"))
        if not new.is_valid_on(self.on):
            raise ActionRefused(
                _("“%(unit)s”在 %(day)s 不存续，不能承接。") % {"unit": new.name, "day": self.on},
                _("请核对日期或承接单位的有效期。"),
                status=400,
            )
        if old.valid_from is not None and self.on <= old.valid_from:
            raise ActionRefused(_("承接日期早于原单位的生效日期。"), _("请核对日期。"), status=400)
        if any(unit.pk == old.pk for unit in _line(new)):
            raise ActionRefused(
                _("“%(unit)s”的职责已由原单位承接，不能再反过来承接。") % {"unit": new.name},
                _("请核对两个单位。"),
            )
        unknown = [code for code in self.moves if holding(code) is None]
        if unknown:
            raise ActionRefused(_("不认识的移交内容。"), _("请刷新页面后重试。"), status=400)

    def perform(self) -> UnitSuccession:
        step = UnitSuccession.objects.create(
            predecessor=self.predecessor,
            successor=self.successor,
            on=self.on,
            document=self.document.strip(),
            scope=self.scope.strip(),
            main=self.main,
            moves=sorted(set(self.moves)),
        )
        last = self.on - timedelta(days=1)
        if self.ends and (self.predecessor.valid_to is None or self.predecessor.valid_to > last):
            self.predecessor.valid_to = last
            self.predecessor.save(update_fields=["valid_to"])
        if self.on <= timezone.localdate():
            hand_over(step, user=self.actor, system=self.system)
        return step


def _line(unit: Unit) -> list[Unit]:
    """Who, through any number of reforms, took over from the unit."""
    found: dict[int, Unit] = {}
    waiting = [unit]
    while waiting:
        steps = UnitSuccession.objects.filter(predecessor__in=[row.pk for row in waiting]).select_related("successor")
        waiting = [step.successor for step in steps if step.successor_id not in found]
        found |= {row.pk: row for row in waiting}
    return list(found.values())


def hand_over(step: UnitSuccession, *, user: User | None = None, system: str = "") -> bool:
    """Move what the succession names, once; inside the caller's transaction. False: another worker did it."""
    claimed = UnitSuccession.objects.filter(pk=step.pk, moved_at=None).update(moved_at=timezone.now())
    if not claimed:
        return False
    move = Move(step.predecessor, step.successor, step.on, step.document, user, system)
    done: dict[str, int] = {}
    for code in step.moves:
        kind = holding(code)
        if kind is not None:
            done[code] = kind.move(move)
    step.refresh_from_db()
    step.moved = done
    step.save(update_fields=["moved"])
    return True


@dataclass(kw_only=True)
class CancelSuccession(Action[Unit]):
    """Take back a succession whose day has not come or that moved nothing."""

    verb = "parties.edit_unit"
    needs_reason = True
    step: UnitSuccession

    def target(self) -> Unit:
        return self.step.predecessor

    def check_state(self) -> None:
        if any(self.step.moved.values()):
            raise ActionRefused(
                _("已经按这项承接移交了人员或事项，不能取消。"), _("如有错误，请登记反向的调整，并写明理由。")
            )

    def perform(self) -> Unit:
        unit = self.step.predecessor
        if unit.valid_to == self.step.on - timedelta(days=1):
            unit.valid_to = None
            unit.save(update_fields=["valid_to"])
        self.step.delete()
        return unit


def run_due(limit: int = 50) -> int:
    """Hand over what is due today; each in a transaction of its own."""
    waiting = UnitSuccession.objects.filter(moved_at=None, on__lte=timezone.localdate()).exclude(moves=[])
    done = 0
    for step in waiting.select_related("predecessor", "successor").order_by("on", "pk")[:limit]:
        with transaction.atomic():
            done += hand_over(step, system="hengjian")
    return done
