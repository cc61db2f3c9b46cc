"""Comparing a list of bodies with the register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hengjian.credit.sharing.models import Screening
from hengjian.parties.models import Unit
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused

MOST_ROWS = 50_000
FIELDS = ("name", "code", "region", "address")
_LONGEST = 300


@dataclass(kw_only=True)
class StartScreening(Action[Screening]):
    """Queue a list; the worker compares it portion by portion."""

    verb = "sharing.match"
    unit: Unit
    title: str
    purpose: str
    rows: Sequence[Mapping[str, str]]

    def target(self) -> Scope:
        return Scope(unit=self.unit)

    def check_state(self) -> None:
        if not self.purpose.strip():
            raise ActionRefused(_("没有写明用途。"), _("请写明比对结果用来做什么。"), status=400)
        if not self.rows:
            raise ActionRefused(_("名单是空的。"), _("请至少给出一行，写明名称或代码。"), status=400)
        if len(self.rows) > MOST_ROWS:
            raise ActionRefused(_("一次最多比对 %(n)s 行。") % {"n": MOST_ROWS}, _("请把名单分成几份。"), status=400)

    def perform(self) -> Screening:
        rows = [{name: str(row.get(name, "") or "").strip()[:_LONGEST] for name in FIELDS} for row in self.rows]
        return Screening.objects.create(
            unit=self.unit,
            title=(self.title.strip() or _("批量比对"))[:120],
            purpose=self.purpose.strip()[:200],
            rows=rows,
            total=len(rows),
            created_by=self.actor,
        )
