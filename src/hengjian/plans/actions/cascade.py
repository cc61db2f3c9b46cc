"""Comparing a plan with its parent, correcting a link by hand, saying why a clause was dropped."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.parties.verbs import Action, ActionRefused
from hengjian.plans import cascading
from hengjian.plans.models import Cascade, CascadeLink, Plan
from hengjian.plans.writing import write_fact


@dataclass(kw_only=True)
class AlignPlans(Action[Cascade]):
    """Compare the plan with its parent, for the first time or again after a text was revised."""

    verb = "plans.import"
    plan: Plan

    def target(self) -> Plan:
        return self.plan

    def check_state(self) -> None:
        if self.plan.parent is None:
            raise ActionRefused(_("这份计划没有上级计划，无从比对。"), _("请在导入确认时选择上级计划。"), status=400)

    def perform(self) -> Cascade:
        assert self.plan.parent is not None
        cascade = cascading.align(self.plan, self.actor)
        write_fact(
            "plan.aligned",
            self.plan,
            {
                "parent": self.plan.parent.ref,
                "parent_sha256": cascade.parent_hash,
                "text_sha256": cascade.child_hash,
                **cascading.totals_of(cascade),
            },
            user=self.actor,
            system=self.system,
        )
        return cascade


@dataclass(kw_only=True)
class LinkAction(Action[CascadeLink]):
    """What corrections of one row share. The permission is that on the child plan."""

    verb = "plans.import"
    link: CascadeLink

    def target(self) -> Plan:
        return self.link.cascade.plan

    def check_state(self) -> None:
        if self.link.parent_item is None:
            raise ActionRefused(
                _("新增条款没有上级条款，不能在这里改。"), _("请在对应的上级条款一行填写本级条款编号。"), status=400
            )

    def sign(self) -> None:
        """Who decided and when; saved with the row."""
        self.link.decided_by, self.link.decided_at = self.actor, timezone.now()
        self.link.save()


@dataclass(kw_only=True)
class CorrectLink(LinkAction):
    """Say which clauses take this one up. `children`: places such as "6.4, 6.5"; empty: not taken up."""

    children: str

    def check_state(self) -> None:
        super().check_state()
        if not self.link.cascade.current:
            raise ActionRefused(_("文本已经更正，这份对照已过期。"), _("请先重新比对，再更正对应关系。"))
        unknown = [place for place in self._written() if place not in self.link.cascade.child_measures]
        if unknown:
            raise ActionRefused(
                _("本级没有编号为 %(places)s 的条款。") % {"places": "、".join(unknown)},
                _("编号写作“条.句”，例如 6.4；多个编号用顿号隔开。"),
                status=400,
            )

    def _written(self) -> list[str]:
        return list(dict.fromkeys(part for part in re.split(r"[\s,，、;；]+", self.children.strip()) if part))

    def perform(self) -> CascadeLink:
        cascade, link = self.link.cascade, self.link
        sides = cascading.sides_of(cascade)
        places = [tuple(map(int, place.split("."))) for place in self._written()]
        cascading.decide(link, sides, [{"item": item, "index": index} for item, index in sorted(places)])
        link.reason = self.reason.strip()
        self.sign()
        links = list(cascade.links.all())
        gone, missing = cascading.added_rows(cascade, sides, links)
        CascadeLink.objects.filter(pk__in=[row.pk for row in gone]).delete()
        for order, row in enumerate(missing, start=max(row.order for row in links) + 1):
            row.order = order
        CascadeLink.objects.bulk_create(missing)
        return link


@dataclass(kw_only=True)
class ExplainDropped(LinkAction):
    """Why a clause was not taken up (handled by the level above, nothing of the kind here …)."""

    needs_reason = True

    def check_state(self) -> None:
        super().check_state()
        if self.link.relation != CascadeLink.Relation.DROPPED:
            raise ActionRefused(_("这一条已有本级条款承接，无须说明。"), _("请刷新页面查看最新对照。"))

    def perform(self) -> CascadeLink:
        self.link.reason = self.reason.strip()
        self.sign()
        return self.link
