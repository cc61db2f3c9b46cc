"""Schemes: copied from the rulebook or an earlier edition, edited, approved by a second person, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import ValidationError

from hengjian.assessment.models import Scheme
from hengjian.assessment.rules import Definition, SchemeProblem, definition_of
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused, require_other_person
from hengjian.rulebook import Rule, RuleNotFound


def check_definition(data: Mapping[str, Any]) -> Definition:
    """The definition that somebody wrote; every fault at once, in words that name the place."""
    try:
        found = Definition.from_dict(data)
        found.check()
    except ValidationError as error:
        lines = [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors()[:10]]
        raise ActionRefused(
            _("考核方案有 %(n)s 处不成立：%(what)s") % {"n": error.error_count(), "what": "；".join(lines)},
            _("请改正后重新保存。"),
            status=400,
        ) from None
    except SchemeProblem as error:
        raise ActionRefused(
            _(error.problem) % {name: _(str(value)) for name, value in error.values_.items()},
            _("请改正后重新保存。"),
            status=400,
        ) from None
    return found


@dataclass(kw_only=True)
class CopyScheme(Action[Scheme]):
    """A new draft from a rule of the rulebook, or the next edition of an own scheme.

    Attributes:
        rule: of the family `assessment_schemes`; sheets and grades are those in force on `on`.
        scheme: an earlier edition, instead of a rule.
    """

    verb = "assessment.manage"

    unit: Unit
    region: Region
    title: str = ""
    rule: Rule | None = None
    scheme: Scheme | None = None
    on: date | None = None

    def target(self) -> Scope:
        return Scope(unit=self.unit, region=self.region)

    def check_state(self) -> None:
        if (self.rule is None) == (self.scheme is None):
            raise ValueError("give a rule or an earlier scheme")
        if self.rule is not None:
            self._content()

    def _content(self) -> dict[str, Any]:
        if self.scheme is not None:
            return dict(self.scheme.definition)
        assert self.rule is not None
        try:
            return definition_of(self.rule, self.region.code, self.on or timezone.localdate()).to_dict()
        except RuleNotFound as error:
            raise ActionRefused(str(error), _("请先在规则库补充评分表或等级规则。"), status=400) from None

    def perform(self) -> Scheme:
        earlier = self.scheme
        rule_id = self.rule.id if self.rule else earlier.rule_id if earlier else ""
        rule_version = self.rule.version if self.rule else earlier.rule_version if earlier else ""
        return Scheme.objects.create(
            title=(self.title or (self.rule.title if self.rule else earlier.title if earlier else "")).strip()[:200],
            unit=self.unit,
            region=self.region,
            edition=earlier.edition + 1 if earlier else 1,
            previous=earlier,
            rule_id=rule_id,
            rule_version=rule_version,
            definition=self._content(),
            written_by=self.actor,
        )


@dataclass(kw_only=True)
class SchemeAction(Action[Scheme]):
    scheme: Scheme

    def target(self) -> Scheme:
        return self.scheme

    def save(self, **values: Any) -> Scheme:
        for name, value in values.items():
            setattr(self.scheme, name, value)
        self.scheme.save(update_fields=list(values))
        return self.scheme


@dataclass(kw_only=True)
class EditScheme(SchemeAction):
    """Change a draft; whoever changed it last counts as its writer."""

    verb = "assessment.manage"

    definition: Mapping[str, Any]
    title: str = ""
    note: str = ""

    def check_state(self) -> None:
        if not self.scheme.editable:
            raise ActionRefused(_("只有拟稿状态的方案可以修改；已批准的方案不再改动。"), _("请复制为新版次后修改。"))
        check_definition(self.definition)

    def perform(self) -> Scheme:
        self.scheme.__dict__.pop("content", None)
        return self.save(
            definition=check_definition(self.definition).to_dict(),
            title=self.title.strip()[:200] or self.scheme.title,
            note=self.note.strip()[:300] or self.scheme.note,
            written_by=self.actor,
            written_at=timezone.now(),
        )


@dataclass(kw_only=True)
class SubmitScheme(SchemeAction):
    """Hand a draft to a second person."""

    verb = "assessment.manage"

    def check_state(self) -> None:
        if self.scheme.state != Scheme.State.DRAFT:
            raise ActionRefused(_("这份方案不在拟稿状态。"), _("请刷新页面查看最新状态。"))
        check_definition(self.scheme.definition)

    def perform(self) -> Scheme:
        return self.save(state=Scheme.State.SUBMITTED)


@dataclass(kw_only=True)
class DecideScheme(SchemeAction):
    """Approve, or hand back with a reason. Not by whoever wrote it."""

    verb = "assessment.approve"
    approves: bool = True

    def check_state(self) -> None:
        if self.scheme.state != Scheme.State.SUBMITTED:
            raise ActionRefused(_("这份方案没有在等待批准。"), _("请刷新页面查看最新状态。"))
        require_other_person(self.user, self.scheme.written_by, _("批准方案"))
        if not self.approves and not self.reason.strip():
            raise ActionRefused(_("退回须写明原因。"), status=400)

    def perform(self) -> Scheme:
        if not self.approves:
            return self.save(state=Scheme.State.DRAFT)
        if self.scheme.previous_id:
            Scheme.objects.filter(pk=self.scheme.previous_id, state=Scheme.State.APPROVED).update(
                state=Scheme.State.RETIRED
            )
        return self.save(state=Scheme.State.APPROVED, approved_by=self.actor, approved_at=timezone.now())
