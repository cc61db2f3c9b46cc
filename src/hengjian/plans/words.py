"""The words and figures that pages, sheets and documents of the room share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from hengjian.clocks.rules import elapsed_share
from hengjian.plans.models import Duty, PlanImport, Task
from hengjian.plans.spoken import spoken

# What a colour says in most conventions; a row shows the word that its own plan's rule gave.
LIGHT_WORDS = {
    "red": _("严重滞后或逾期"),
    "orange": _("临期"),
    "amber": _("滞后"),
    "green": _("正常"),
    "grey": _("未启动"),
    "blue": _("已办结"),
}
PLAN_LIGHTS = {"active": "green", "closed": "blue", "archived": "grey"}
ROLE_WORDS = {"lead": _("牵头"), "support": _("配合"), "joint": _("共同")}


def light_word(row: Task | Duty) -> str:
    """The label that the rule gave, or the state while no rule has judged yet."""
    if isinstance(row, Duty) and row.state in ("pending", "withdrawn", "suspended"):
        return str(row.get_state_display())
    return spoken(row.light_label) or str(_("待交办"))


def scheduled(row: Task | Duty, today: date | None = None) -> float:
    """序时进度 of a task or duty today, 0..100."""
    return 100 * elapsed_share(row.start_on, row.due_on, today or timezone.localdate())


def unit_of(duty: Duty) -> str:
    return str(duty.unit) if duty.unit is not None else duty.as_written


def working(duties: Iterable[Duty]) -> list[Duty]:
    """Those that count: not withdrawn."""
    return [duty for duty in duties if duty.state != Duty.State.WITHDRAWN]


def units_by_role(task: Task) -> dict[str, list[str]]:
    """Names of the units by role, in text order; expects `duties` with `unit` prefetched."""
    found: dict[str, list[str]] = {"lead": [], "joint": [], "support": []}
    for duty in working(task.duties.all()):
        found[duty.role].append(unit_of(duty))
    return found


def import_title(draft: PlanImport) -> str:
    """What the text calls itself, else the name of the file."""
    read = draft.draft
    return str(read.get("plan_title") or read.get("title") or draft.filename or now("未命名计划"))
