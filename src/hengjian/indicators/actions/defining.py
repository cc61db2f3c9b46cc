"""An office defines or changes an indicator; another person approves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import ValidationError

from hengjian.indicators import catalogue, checking
from hengjian.indicators.declarations import Definition
from hengjian.indicators.facts import DEFINED, DefinitionDecided
from hengjian.indicators.models import DefinitionVersion
from hengjian.indicators.versions import body_of, next_number
from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.parties.models import Unit
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused, require_other_person


class DefinitionRefused(ActionRefused):
    """The definition cannot be used; `errors`: place → message."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(
            _("指标定义有 %(n)d 处不符合要求。") % {"n": len(errors)}, _("请逐项改正后再提交。"), status=400
        )
        self.errors = errors


def validated(body: Mapping[str, Any]) -> Definition:
    """The typed definition.

    Raises:
        DefinitionRefused: with every wrong place.
    """
    try:
        declared = Definition.model_validate(body)
    except ValidationError as error:
        told = {".".join(map(str, item["loc"])) or "indicator": item["msg"] for item in error.errors()}
        raise DefinitionRefused(told) from None
    known = {item.code: item for item in catalogue.definitions()} | {declared.code: declared}
    found = list(checking.problems(declared, known))
    if found:
        raise DefinitionRefused(dict(found))
    return declared


@dataclass(kw_only=True)
class ProposeDefinition(Action[DefinitionVersion]):
    """A new indicator, or a new wording of one."""

    verb: ClassVar[str] = "indicators.define"
    needs_reason: ClassVar[bool] = True

    unit: Unit
    body: Mapping[str, Any]

    def target(self) -> Scope:
        return Scope(unit=self.unit, region=self.unit.region)

    def check_state(self) -> None:
        declared = validated(self.body)
        waiting = DefinitionVersion.objects.filter(
            indicator=declared.code, state=DefinitionVersion.State.PROPOSED
        ).exists()
        if waiting:
            raise ActionRefused(
                _("“%(title)s”已有一份待批准的定义。") % {"title": declared.title},
                _("请先批准或退回那一份。"),
            )
        try:
            current = catalogue.definition(declared.code)
        except catalogue.UnknownIndicator:
            return
        if catalogue.digest(current) == catalogue.digest(declared):
            raise ActionRefused(_("与现行定义完全相同。"), _("没有需要批准的内容。"), status=400)
        if current.scale != declared.scale or current.family != declared.family:
            raise ActionRefused(
                _("指标的量纲和口径族不能改变，否则前后数值不可比。"), _("请另立一个新指标。"), status=400
            )

    def perform(self) -> DefinitionVersion:
        declared = validated(self.body)
        return DefinitionVersion.objects.create(
            indicator=declared.code,
            number=next_number(declared.code),
            digest=catalogue.digest(declared),
            body=body_of(declared),
            origin=DefinitionVersion.Origin.OFFICE,
            state=DefinitionVersion.State.PROPOSED,
            reason=self.reason.strip()[:400],
            unit=self.unit,
            created_by=self.actor,
        )


@dataclass(kw_only=True)
class DecideDefinition(Action[DefinitionVersion]):
    """Approve a proposed definition, or send it back."""

    verb: ClassVar[str] = "indicators.approve_definition"

    version: DefinitionVersion
    accepts: bool

    def target(self) -> DefinitionVersion:
        return self.version

    def check_state(self) -> None:
        if self.version.state != DefinitionVersion.State.PROPOSED:
            raise ActionRefused(_("这份定义已经处理过。"), _("请刷新页面查看最新状态。"))
        require_other_person(self.user, self.version.created_by, _("批准指标定义"))
        if not self.accepts and not self.reason.strip():
            raise ActionRefused(_("没有填写退回原因。"), _("请写明需要修改什么。"), status=400)
        if self.accepts:
            validated(self.version.body)

    def perform(self) -> DefinitionVersion:
        row = self.version
        row.decided_by = self.actor
        row.state = DefinitionVersion.State.APPROVED if self.accepts else DefinitionVersion.State.REJECTED
        if not self.accepts:
            row.reason = f"{row.reason} / {self.reason.strip()}"[:400]
            row.save(update_fields=["state", "decided_by", "reason"])
            return row
        row.in_force_from = timezone.now()
        row.save(update_fields=["state", "decided_by", "in_force_from"])
        assert row.unit is not None
        append(
            FactDraft(
                kind=DEFINED.name,
                subject=f"indicator:{row.indicator}:v{row.number}",
                payload=DefinitionDecided(
                    indicator=row.indicator,
                    title=row.definition.title,
                    number=row.number,
                    digest=row.digest,
                    reason=row.reason,
                ),
                region=row.unit.region.code,
                occurred_on=timezone.localdate(),
                source=Source(unit=row.unit.ref, user=self.actor.ref if self.actor else ""),
            )
        )
        return row
