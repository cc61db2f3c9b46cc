"""Calling an edition: draft, change, publish by a second person; its panel."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.pages.notices import tell
from hengjian.parties.models import Region, Unit, User
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused, require_other_person
from hengjian.programmes import catalogue, facts
from hengjian.programmes.actions.base import EditionAction, own_units
from hengjian.programmes.models import Edition, PanelMember, Review


@dataclass(kw_only=True)
class EditionContent:
    """What the call says.

    Attributes:
        calendar: stage → (first day, last day), as announced.
    """

    title: str
    year: int
    opens_on: date
    closes_on: date
    quota: int | None = None
    line: Decimal | None = None
    call: str = ""
    contact: str = ""
    calendar: dict[str, tuple[date, date]] = field(default_factory=dict)

    def check(self) -> None:
        """Raise ActionRefused when it contradicts itself."""
        if not self.title.strip():
            raise ActionRefused(_("没有填写届次名称。"), _("例如“第五届”“2026 年度”。"), status=400)
        if self.closes_on < self.opens_on:
            raise ActionRefused(_("申报截止早于申报开始。"), _("请更正日期。"), status=400)
        for stage, (first, last) in self.calendar.items():
            if last < first:
                raise ActionRefused(
                    _("日程“%(stage)s”的结束日期早于开始日期。") % {"stage": stage}, _("请更正日期。"), status=400
                )

    def columns(self) -> dict[str, Any]:
        """The columns of the edition."""
        calendar = {stage: [first.isoformat(), last.isoformat()] for stage, (first, last) in self.calendar.items()}
        return {**self.__dict__, "title": self.title.strip(), "calendar": calendar}


@dataclass(kw_only=True)
class CreateEdition(Action[Edition]):
    """Draft the call of an edition; the programme's version in force on its first day holds for all of it."""

    verb = "programmes.organise"
    programme: str
    unit: Unit
    region: Region
    content: EditionContent

    def target(self) -> Scope:
        return Scope(unit=self.unit, region=self.region)

    def check_state(self) -> None:
        self.content.check()
        try:
            declared = catalogue.programme(self.programme, on=self.content.opens_on)
        except KeyError:
            raise ActionRefused(
                _("%(day)s 没有生效的项目“%(code)s”。") % {"day": self.content.opens_on, "code": self.programme[:60]},
                _("请核对申报开始日期。"),
                status=400,
            ) from None
        if declared.keepers and self.unit.family and self.unit.family not in declared.keepers:
            raise ActionRefused(
                _("“%(unit)s”不组织“%(programme)s”。") % {"unit": self.unit, "programme": declared.title},
                _("请由有相应职责的单位组织。"),
                status=400,
            )
        if self.actor is not None and self.unit.pk not in own_units(self.actor, self.verb):
            raise ActionRefused(_("届次由本单位的人员拟定。"), _("请选择您所在的单位。"), status=403)
        if Edition.objects.filter(programme=self.programme, unit=self.unit, title=self.content.title.strip()).exists():
            raise ActionRefused(
                _("“%(title)s”已经建过。") % {"title": self.content.title}, _("请换一个届次名称。"), status=400
            )

    def perform(self) -> Edition:
        declared = catalogue.programme(self.programme, on=self.content.opens_on)
        columns = self.content.columns()
        columns["quota"] = self.content.quota if self.content.quota is not None else declared.quota
        columns["line"] = self.content.line if self.content.line is not None else declared.line
        try:
            return Edition.objects.create(
                programme=declared.code,
                programme_version=declared.version,
                unit=self.unit,
                region=self.region,
                prepared_by=self.actor,
                **columns,
            )
        except IntegrityError:  # made by a colleague at the same moment
            raise ActionRefused(_("“%(title)s”已经建过。") % {"title": self.content.title}, status=400) from None


@dataclass(kw_only=True)
class ChangeEdition(EditionAction[Edition]):
    """Change the call while it is a draft; afterwards only the closing day, with a reason."""

    content: EditionContent

    def check_state(self) -> None:
        super().check_state()
        self.content.check()
        edition = self.edition
        if edition.state == Edition.State.DRAFT:
            return
        self.check_is(Edition.State.OPEN)
        before = {name: getattr(edition, name) for name in ("title", "year", "opens_on", "quota", "line")}
        if any(self.content.columns()[name] != value for name, value in before.items()):
            raise ActionRefused(
                _("申报通知已经发布，名称、年度、开始日期、名额和入选线不能再改。"),
                _("可以延长申报截止日期、更正通知内容。"),
            )
        if self.content.closes_on < edition.closes_on:
            raise ActionRefused(_("申报截止日期只能延后。"), _("请填写更晚的日期。"), status=400)
        if not self.reason.strip():
            raise ActionRefused(_("没有填写变更说明。"), _("请写明原因后再提交，说明会记入操作日志。"), status=400)

    def perform(self) -> Edition:
        columns = self.content.columns()
        for name, value in columns.items():
            setattr(self.edition, name, value)
        if self.edition.state == Edition.State.DRAFT:
            self.edition.prepared_by = self.actor
        self.edition.save()
        return self.edition


@dataclass(kw_only=True)
class PublishCall(EditionAction[Edition]):
    """Publish the call, by somebody else than who drafted it; from its first day on applications come in."""

    verb = "programmes.publish"

    def check_state(self) -> None:
        super().check_state()
        self.check_is(Edition.State.DRAFT)
        require_other_person(self.actor, self.edition.prepared_by, _("发布申报通知"))
        if not self.edition.call.strip():
            raise ActionRefused(_("申报通知还没有内容。"), _("请先写明申报条件、材料和方式。"))
        if self.edition.closes_on < timezone.localdate():
            raise ActionRefused(_("申报截止日期已过。"), _("请先修改申报日期。"))

    def perform(self) -> Edition:
        edition = self.edition
        edition.state = Edition.State.OPEN
        edition.published_by, edition.published_at = self.actor, timezone.now()
        edition.save()
        append(
            FactDraft(
                kind=facts.CALLED.name,
                subject=edition.ref,
                payload=facts.EditionCalled(
                    programme=edition.programme,
                    title=edition.title,
                    year=edition.year,
                    opens_on=edition.opens_on,
                    closes_on=edition.closes_on,
                    quota=edition.quota,
                ),
                region=edition.region.code,
                occurred_on=timezone.localdate(),
                source=source_of(edition, self.actor, self.system),
            )
        )
        return edition


def source_of(edition: Edition, user: User | None, system: str = "") -> Source:
    """Who says so, in a fact about an edition."""
    return Source(unit=edition.unit.ref, user=user.ref if user is not None else "", system=system)


@dataclass(kw_only=True)
class AddMember(EditionAction[PanelMember]):
    """Put somebody on the panel, for one stage or for all."""

    member: User
    stage: str = ""
    chair: bool = False
    field: str = ""

    def check_state(self) -> None:
        super().check_state()
        self.check_is(Edition.State.DRAFT, Edition.State.OPEN)
        if self.stage and self.programme.review(self.stage) is None:
            raise ActionRefused(_("本项目的这个阶段没有评审。"), _("请另选阶段。"), status=400)
        if not self.member.is_active:
            raise ActionRefused(_("“%(name)s”的账号已停用。") % {"name": self.member}, _("请另选他人。"), status=400)
        if self.edition.panel.filter(user=self.member, stage__in=["", self.stage]).exists():
            raise ActionRefused(_("“%(name)s”已在评审组中。") % {"name": self.member}, _("不必重复添加。"), status=400)

    def perform(self) -> PanelMember:
        found = PanelMember.objects.create(
            edition=self.edition, user=self.member, stage=self.stage, chair=self.chair, field=self.field.strip()
        )
        tell(
            [self.member],
            gettext_noop("您已受聘为“%(title)s”评审员。"),
            self.edition.ref,
            f"{self.edition.ref}:panel:{found.pk}",
            {"title": f"{self.programme.title} {self.edition.title}"},
        )
        return found


@dataclass(kw_only=True)
class RemoveMember(EditionAction[None]):
    """Take somebody off the panel; what was not yet reviewed is no longer asked of them."""

    member: PanelMember

    def check_state(self) -> None:
        super().check_state()
        self.check_is(Edition.State.DRAFT, Edition.State.OPEN)

    def perform(self) -> None:
        reviews = Review.objects.filter(
            application__edition=self.edition, user=self.member.user, state=Review.State.ASSIGNED
        )
        (reviews.filter(stage=self.member.stage) if self.member.stage else reviews).delete()
        self.member.delete()
