"""From the totals to the result: rank, vote among equals, public notice, approval by a second person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft
from hengjian.pages.notices import tell
from hengjian.parties.models import User
from hengjian.parties.verbs import ActionRefused, require_other_person
from hengjian.programmes import facts, publicity, rules
from hengjian.programmes.actions.base import EditionAction, declaration, take
from hengjian.programmes.actions.editions import source_of
from hengjian.programmes.models import Application, Edition

#: States from which an application can no longer reach the overall appraisal of this edition in time.
EARLY = ("screening", "supplement", "recommendation", "paper", "site", "defence")


def candidates(edition: Edition) -> list[Application]:
    """The applications at the overall appraisal."""
    rows = edition.applications.filter(case__state="overall").select_related("case", "unit", "region")
    return list(rows.prefetch_related("results").order_by("pk"))


def choice(edition: Edition, applications: Sequence[Application]) -> rules.Choice:
    """Who is chosen by the totals, the line and the quota of the edition."""
    programme = declaration(edition)
    reviewed = [item for item in programme.reviews if item.stage != "acceptance"]
    if not reviewed:
        voted = [item for item in applications if item.vote is not None]
        if len(voted) == len(applications):
            order = sorted(applications, key=lambda item: (item.vote or 0, item.pk))
            most = len(order) if edition.quota is None else edition.quota
            ids = [item.pk for item in order]
            return rules.Choice(
                tuple((pk, place) for place, pk in enumerate(ids, start=1)),
                tuple(ids[:most]),
                tuple(ids[most:]),
                (),
                (),
                0 if edition.quota is None else max(0, edition.quota - len(ids)),
            )
        return rules.choose_unranked([item.pk for item in applications], quota=edition.quota)
    stages = [item.stage for item in reversed(reviewed)]
    found = []
    for item in applications:
        means = {result.stage: result.mean for result in item.results.all()}
        ties = tuple(means[stage] for stage in stages if stage in means)
        found.append(rules.Candidate(item.pk, rules.total(programme, means), ties, item.vote))
    return rules.choose(found, quota=edition.quota, line=edition.line)


@dataclass(kw_only=True)
class RankEdition(EditionAction[rules.Choice]):
    """Compute totals and ranks, and who would be chosen. Can be repeated until the list is in public notice."""

    def check_state(self) -> None:
        super().check_state()
        self.check_is(Edition.State.OPEN)
        if self.edition.closes_on >= timezone.localdate():
            raise ActionRefused(
                _("申报还没有截止（%(day)s）。") % {"day": self.edition.closes_on}, _("截止后再汇总排序。")
            )
        early = self.edition.applications.filter(case__state__in=EARLY).count()
        if early:
            raise ActionRefused(
                _("还有 %(n)d 件申报没有走完评审。") % {"n": early}, _("请先办完评审，或作出不通过的结论。")
            )

    def perform(self) -> rules.Choice:
        edition = self.edition
        rows = candidates(edition)
        found = choice(edition, rows)
        programme = declaration(edition)
        ranks = dict(found.ranked)
        for row in rows:
            means = {result.stage: result.mean for result in row.results.all()}
            row.total = rules.total(programme, means)
            row.rank = ranks.get(row.pk)
            row.chosen = None if row.pk in found.tied else row.pk in found.chosen
            row.level = ""
        totals = {row.pk: row.total for row in rows}
        given = rules.levels(programme, [(pk, totals[pk]) for pk in found.chosen])
        for row in rows:
            if row.pk in given:
                row.level = given[row.pk].code
        Application.objects.bulk_update(rows, ["total", "rank", "chosen", "level"])
        edition.ranked_by, edition.ranked_at = self.actor, timezone.now()
        edition.save(update_fields=["ranked_by", "ranked_at"])
        return found


@dataclass(kw_only=True)
class Vote(EditionAction[None]):
    """Places that the panel gave by vote: among equals, or where there are no totals at all.

    Attributes:
        order: primary keys of applications, best first.
    """

    needs_reason = True
    order: Sequence[int]

    def check_state(self) -> None:
        super().check_state()
        self.check_is(Edition.State.OPEN)
        known = {row.pk for row in candidates(self.edition)}
        if len(set(self.order)) != len(self.order) or not set(self.order) <= known:
            raise ActionRefused(_("表决名次不对：有重复的，或者不在综合评价的申报。"), _("请重新填写。"), status=400)

    def perform(self) -> None:
        for place, pk in enumerate(self.order, start=1):
            Application.objects.filter(pk=pk).update(vote=place)

    def logged(self, result: None) -> Edition:
        return self.edition


@dataclass(kw_only=True)
class PutForward(EditionAction[Edition]):
    """Publish the list of those to be chosen for objections, by somebody else than who ranked them.

    Those not on it are told that they were not chosen. With nobody on it there is nothing to object to: the edition
    goes straight to the decision.
    """

    verb = "programmes.publish"

    def check_state(self) -> None:
        super().check_state()
        self.check_is(Edition.State.OPEN)
        edition = self.edition
        if edition.ranked_at is None:
            raise ActionRefused(_("还没有汇总排序。"), _("请先汇总排序。"))
        require_other_person(self.actor, edition.ranked_by, _("发布公示"))
        rows = candidates(edition)
        if any(row.chosen is None for row in rows):
            raise ActionRefused(_("有并列的申报，名额不够，尚未表决。"), _("请评审组表决名次后重新汇总。"))
        if edition.applications.filter(case__state__in=EARLY).exists():
            raise ActionRefused(_("汇总后又有申报回到评审阶段。"), _("请办完评审后重新汇总。"))
        found = choice(edition, rows)
        if {row.pk for row in rows if row.chosen} != set(found.chosen):
            raise ActionRefused(_("汇总之后得分有变化。"), _("请重新汇总排序。"))

    def perform(self) -> Edition:
        edition, today = self.edition, timezone.localdate()
        chosen = [row for row in candidates(edition) if row.chosen]
        rejected = [row for row in candidates(edition) if not row.chosen]
        for row in chosen:
            take(row, "propose")
        for row in rejected:
            take(row, "not_selected")
        edition.state = Edition.State.NOTICE
        edition.notice_by = self.actor
        edition.notice_from = today
        if chosen:
            notice = publicity.publish_shortlist(edition, chosen, writer=edition.ranked_by, publisher=self.actor)
            edition.notice, edition.notice_to = notice.pk, notice.objections_until
        else:
            edition.notice_to = today
        edition.save()
        inform(chosen, gettext_noop("“%(holder)s”已列入“%(title)s”公示名单。"), "proposed")
        inform(rejected, gettext_noop("“%(holder)s”未入选“%(title)s”。"), "not-selected")
        return edition


def inform(applications: Sequence[Application], text: str, occasion: str) -> None:
    """Tell the people of the applicants' units."""
    for row in applications:
        people = User.objects.filter(unit=row.unit, is_active=True)
        title = f"{declaration(row.edition).title} {row.edition.title}"
        tell(people, text, row.ref, f"{row.ref}:{occasion}", {"holder": row.holder, "title": title})


@dataclass(kw_only=True)
class NoticeOver(EditionAction[int]):
    """The window for objections is over: what nobody objects to goes to approval. Also taken by the worker."""

    def check_state(self) -> None:
        super().check_state()
        self.check_is(Edition.State.NOTICE)
        if self.edition.notice is None:
            return
        until = publicity.objections_until(self.edition)
        if until is not None and until >= timezone.localdate():
            raise ActionRefused(_("公示到 %(day)s 才结束。") % {"day": until}, _("请在公示期满后办理。"))
        if waiting := publicity.open_objections(self.edition.notice):
            raise ActionRefused(_("还有 %(n)d 件异议没有处理。") % {"n": waiting}, _("请先处理异议。"))

    def perform(self) -> int:
        rows = list(self.edition.applications.filter(case__state="public_notice").select_related("case", "edition"))
        for row in rows:
            take(row, "notice_over")
        return len(rows)


@dataclass(kw_only=True)
class DecideEdition(EditionAction[Edition]):
    """Approve the list: those on it hold the honour, or may begin to create. Not by who ranked or published it.

    Attributes:
        decision: document number of the approval.
    """

    verb = "programmes.approve"
    decision: str

    def check_state(self) -> None:
        super().check_state()
        self.check_is(Edition.State.NOTICE)
        edition = self.edition
        require_other_person(self.actor, edition.ranked_by, _("审定"))
        if edition.applications.filter(case__state="public_notice").exists():
            raise ActionRefused(_("还有申报在公示中。"), _("公示期满且异议处理完毕后再审定。"))
        if not self.decision.strip():
            raise ActionRefused(_("没有填写审定文号。"), _("请填写批准文件的文号或会议纪要编号。"), status=400)
        declared = declaration(edition)
        waiting = edition.applications.filter(case__state="approval").count()
        if edition.quota is not None and waiting > edition.quota:
            raise ActionRefused(
                _("待审定 %(n)d 件，超过名额 %(quota)d 个。") % {"n": waiting, "quota": edition.quota},
                _("请重新汇总排序。"),
            )
        if waiting < (edition.quota or 0) and not declared.may_be_vacant and not self.reason.strip():
            raise ActionRefused(_("本项目的名额不得空缺。"), _("请说明没有满额授予的理由。"), status=400)

    def perform(self) -> Edition:
        edition, today = self.edition, timezone.localdate()
        edition.state = Edition.State.DECIDED
        edition.decided_on, edition.decided_by = today, self.actor
        edition.decision, edition.decision_note = self.decision.strip()[:80], self.reason.strip()[:500]
        edition.save()
        rows = list(
            edition.applications.filter(case__state="approval")
            .select_related("case", "edition__unit", "edition__region", "unit", "region")
            .order_by("rank", "pk")
        )
        for row in rows:
            row.edition = edition
            take(row, "approve", user=self.actor, system=self.system)
        append(
            FactDraft(
                kind=facts.DECIDED.name,
                subject=edition.ref,
                payload=facts.EditionDecided(
                    programme=edition.programme,
                    title=edition.title,
                    year=edition.year,
                    decision=edition.decision,
                    applications=edition.applications.filter(state=Application.State.SUBMITTED).count(),
                    chosen=len(rows),
                    vacant=max(0, (edition.quota or len(rows)) - len(rows)),
                ),
                region=edition.region.code,
                occurred_on=today,
                source=source_of(edition, self.actor, self.system),
            )
        )
        inform(rows, gettext_noop("“%(holder)s”已通过“%(title)s”审定。"), "approved")
        return edition
