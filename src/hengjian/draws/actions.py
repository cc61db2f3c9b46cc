"""The verbs on draws: freeze and publish the lists, draw, record what was found, publish it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.draws import facts
from hengjian.draws.base import DrawFacts
from hengjian.draws.check_actions import PUBLISH, PublishResult, RecordResult, ReplaceTarget
from hengjian.draws.models import Draw, Drawn, Pairing, Pool
from hengjian.draws.pools import Person, sizes
from hengjian.draws.queries import first_checkpoint_after
from hengjian.draws.reminding import tell_inspectors
from hengjian.draws.rules import DrawImpossible, Exclusion, Inspector, Setup, Stratum, Target, draw
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import ActionRefused
from hengjian.rulebook import Rule
from hengjian.rulebook.parameters.random_checks import RandomChecks

__all__ = [
    "PUBLISH",
    "CancelDraw",
    "PerformDraw",
    "PrepareDraw",
    "PublishResult",
    "RecordResult",
    "ReplaceTarget",
]
CHECKPOINT_WORDS = "锁定之后台账总账第一个签名检查点的根哈希"


def impossible(error: DrawImpossible) -> ActionRefused:
    """What stands against a draw, in the reader's language."""
    return ActionRefused(_(error.problem) % error.values_, _("请更正名录或抽取数量后重试。"), status=400)


@dataclass(kw_only=True)
class PrepareDraw(DrawFacts):
    """Freeze the lists and commit to them in the ledger, before anybody can know the seed.

    Attributes:
        rule: of the family `random_checks`; gives the numbers per layer unless `strata` are given.
        seed_kind: a public figure that somebody enters later, or the ledger's next signed checkpoint.
        seed_source: for a figure: which one it will be ("2026 年 9 月 21 日双色球第 2026110 期开奖号码").
        seed_after: the figure comes into being after this moment; left out for a checkpoint.
        inspectors_source, targets_source: where the lists come from, in words.
    """

    verb = "draws.prepare"

    title: str
    unit: Unit
    region: Region
    rule: Rule
    targets: Sequence[Target]
    inspectors: Sequence[Person]
    matter: str = ""
    exclusions: Sequence[Exclusion] = ()
    strata: Sequence[Stratum] | None = None
    seed_kind: str = Draw.Seed.FIGURE
    seed_source: str = ""
    seed_after: datetime | None = None
    checks_by: date | None = None
    targets_source: str = ""
    inspectors_source: str = ""

    def target(self) -> Scope:
        return Scope(unit=self.unit, region=self.region)

    def check_state(self) -> None:
        if self.seed_kind == Draw.Seed.FIGURE and (self.seed_after is None or self.seed_after <= timezone.now()):
            raise ActionRefused(
                _("种子产生的时间必须晚于现在，否则无法证明名录锁定在先。"),
                _("请选用尚未产生的公开数值。"),
                status=400,
            )
        try:
            self.setup().check()
        except DrawImpossible as error:
            raise impossible(error) from None

    def setup(self) -> Setup:
        """What will decide the draw; the numbers per layer by the rule where none are given."""
        terms = self.rule.typed(RandomChecks)
        strata = self.strata
        if strata is None:
            try:
                wanted = terms.quotas(sizes(self.targets))
            except KeyError as error:
                values = {"what": error.args[0]}
                raise ActionRefused(
                    _("抽取规则没有规定类别“%(what)s”。") % values, _("请更正名录中的类别，或另选规则。"), status=400
                ) from None
            strata = [
                Stratum(code, count, min(terms.reserve, sizes(self.targets).get(code, 0) - count))
                for code, count in wanted.items()
                if code in sizes(self.targets)
            ]
        checkpoint = self.seed_kind == Draw.Seed.CHECKPOINT
        return Setup(
            targets=tuple(self.targets),
            inspectors=tuple(Inspector(person.id, person.unit) for person in self.inspectors),
            strata=tuple(strata),
            exclusions=tuple(self.exclusions),
            per_target=terms.inspectors,
            seed_source=CHECKPOINT_WORDS if checkpoint else self.seed_source.strip(),
        )

    def perform(self) -> Draw:
        setup, terms = self.setup(), self.rule.typed(RandomChecks)
        row = Draw.objects.create(
            title=self.title,
            matter=self.matter,
            unit=self.unit,
            region=self.region,
            rule_id=self.rule.id,
            rule_version=self.rule.version,
            rules_on=timezone.localdate(),
            publish_term=terms.publish,
            result_codes=terms.results,
            strata=[{"code": s.code, "count": s.count, "reserve": s.reserve} for s in setup.strata],
            per_target=setup.per_target,
            exclusions=[{"inspector": e.inspector, "target": e.target} for e in setup.exclusions],
            seed_kind=self.seed_kind,
            seed_source=setup.seed_source,
            seed_after=self.seed_after or timezone.now(),
            commitment=setup.commitment,
            checks_by=self.checks_by,
            prepared_by=self.actor,
        )
        hashes = setup.hashes()
        Pool.objects.create(
            draw=row,
            kind=Pool.Kind.TARGETS,
            source=self.targets_source,
            rows=[
                {"id": t.id, "name": t.name, "stratum": t.stratum, "unit": t.unit, "weight": t.weight}
                for t in setup.targets
            ],
            count=len(setup.targets),
            hash=hashes["targets"],
        )
        Pool.objects.create(
            draw=row,
            kind=Pool.Kind.INSPECTORS,
            source=self.inspectors_source,
            rows=[{"id": p.id, "unit": p.unit, "name": p.name, "user": p.user} for p in self.inspectors],
            count=len(self.inspectors),
            hash=hashes["inspectors"],
        )
        payload = facts.DrawPrepared(
            title=row.title,
            commitment=row.commitment,
            targets=len(setup.targets),
            targets_hash=hashes["targets"],
            inspectors=len(setup.inspectors),
            inspectors_hash=hashes["inspectors"],
            exclusions_hash=hashes["exclusions"],
            strata=[facts.StratumCount(code=s.code, count=s.count, reserve=s.reserve) for s in setup.strata],
            per_target=setup.per_target,
            seed_source=row.seed_source,
            seed_after=row.seed_after,
            rule=row.rule_id,
            rule_version=row.rule_version,
        )
        row.prepared_fact = self.fact(row, facts.PREPARED.name, row.ref, payload, timezone.localdate())
        row.save(update_fields=["prepared_fact"])
        return row


@dataclass(kw_only=True)
class DrawAction(DrawFacts):
    draw: Draw

    def target(self) -> Draw:
        return self.draw


@dataclass(kw_only=True)
class CancelDraw(DrawAction):
    """Give up a prepared draw before it is performed; it stays readable with the reason."""

    verb = "draws.prepare"
    needs_reason = True

    def check_state(self) -> None:
        if self.draw.state != Draw.State.PREPARED:
            raise ActionRefused(_("已经抽取，不能取消。"))
        if self.draw.seed_kind == Draw.Seed.FIGURE and timezone.now() >= self.draw.seed_after:
            raise ActionRefused(
                _("种子已经产生，不能再取消，以免挑选结果。"), _("请填写种子完成抽取；个别对象可以说明原因后替换。")
            )

    def perform(self) -> Draw:
        self.draw.state, self.draw.cancelled_for = Draw.State.CANCELLED, self.reason.strip()[:300]
        self.draw.save(update_fields=["state", "cancelled_for"])
        payload = facts.DrawCancelled(
            title=self.draw.title, commitment=self.draw.commitment, reason=self.draw.cancelled_for
        )
        self.fact(self.draw, facts.CANCELLED.name, self.draw.ref, payload, timezone.localdate())
        return self.draw


@dataclass(kw_only=True)
class PerformDraw(DrawAction):
    """Enter the seed (a figure) or take it (a checkpoint): the result follows from it and cannot be steered."""

    verb = "draws.perform"

    seed: str = ""

    def check_state(self) -> None:
        if self.draw.state != Draw.State.PREPARED:
            raise ActionRefused(_("这次抽查不在等待抽取。"), _("请刷新页面查看最新状态。"))
        if self.draw.seed_kind == Draw.Seed.FIGURE:
            if timezone.now() < self.draw.seed_after:
                after = timezone.localtime(self.draw.seed_after)
                raise ActionRefused(
                    _("种子要到 %(when)s 才产生。") % {"when": f"{after:%Y-%m-%d %H:%M}"}, _("请届时再来填写。")
                )
            if not self.seed.strip():
                raise ActionRefused(_("没有填写种子。"), _("请照公布的数值填写。"), status=400)
            if len(self.seed.strip()) > 200 or not self.seed.strip().isprintable():
                raise ActionRefused(_("种子最多 200 个字，且不能含换行。"), status=400)
        elif first_checkpoint_after(self.draw) is None:
            raise ActionRefused(_("锁定之后台账还没有新的签名检查点。"), _("检查点由后台程序定时签署，请稍后再来。"))

    def perform(self) -> Draw:
        row, setup = self.draw, self.draw.setup()
        checkpoint = first_checkpoint_after(row) if row.seed_kind == Draw.Seed.CHECKPOINT else None
        outcome = draw(setup, self.seed if checkpoint is None else bytes(checkpoint.root_hash).hex())
        if outcome.commitment != row.commitment:
            raise ActionRefused(_("名录与锁定时的摘要不一致，不能抽取。"), _("数据被改动过，请联系系统管理员核查。"))
        row.seed, row.result_hash, row.state = outcome.seed, outcome.hash, Draw.State.DRAWN
        row.drawn_by, row.drawn_at = self.actor, timezone.now()
        people = {person["id"]: person for person in row.pools.get(kind=Pool.Kind.INSPECTORS).rows}
        made = Drawn.objects.bulk_create(
            [
                Drawn(
                    draw=row,
                    order=one.order,
                    reserve=one.reserve,
                    target=one.target.id,
                    name=one.target.name,
                    stratum=one.target.stratum,
                    owner=one.target.unit,
                    number=one.number,
                    state=Drawn.State.RESERVE if one.reserve else Drawn.State.WAITING,
                )
                for one in outcome.chosen
            ]
        )
        Pairing.objects.bulk_create(
            [
                Pairing(drawn=drawn, place=place, inspector=key, name=people[key]["name"], user_id=people[key]["user"])
                for drawn, one in zip(made, outcome.chosen, strict=True)
                for place, key in enumerate(one.inspectors, start=1)
            ]
        )
        tell_inspectors(drawn for drawn in made if drawn.state == Drawn.State.WAITING)
        payload = facts.DrawPerformed(
            title=row.title,
            commitment=row.commitment,
            seed=row.seed,
            result_hash=row.result_hash,
            drawn=[
                facts.DrawnTarget(target=one.target.id, reserve=one.reserve, inspectors=list(one.inspectors))
                for one in outcome.chosen
            ],
        )
        row.performed_fact = self.fact(row, facts.PERFORMED.name, row.ref, payload, timezone.localdate())
        row.save()
        return row
