"""What a confirmation would make or change, found by doing it and undoing it."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction

from hengjian.parties.models import User
from hengjian.plans.actions.imports import ConfirmImport, PlanSettings
from hengjian.plans.building import Built
from hengjian.plans.models import PlanImport, Task


@dataclass
class Preview:
    """`reworded`: (code, text before, text after); `added`, `retired`: (code, text). Empty for a new plan."""

    built: Built
    reworded: list[tuple[str, str, str]] = field(default_factory=list)
    added: list[tuple[str, str]] = field(default_factory=list)
    retired: list[tuple[str, str]] = field(default_factory=list)


def preview(user: User, draft_id: int, settings: PlanSettings) -> Preview:
    """Confirm in a transaction that is rolled back.

    Raises:
        ActionRefused, Forbidden: as the confirmation itself would.
    """
    with transaction.atomic():
        draft = PlanImport.objects.get(pk=draft_id)
        before = _texts(draft.revises_id)
        confirmed = ConfirmImport(user=user, draft=draft, settings=settings).execute()
        result = Preview(confirmed.built)
        if draft.revises_id is not None:
            after = _texts(draft.revises_id)
            result.added = [line for pk, line in after.items() if pk not in before]
            result.retired = [line for pk, line in before.items() if pk not in after]
            result.reworded = [
                (line[0], before[pk][1], line[1])
                for pk, line in after.items()
                if pk in before and _bare(before[pk][1]) != _bare(line[1])
            ]
        transaction.set_rollback(True)
    return result


def _texts(plan_id: int | None) -> dict[int, tuple[str, str]]:
    if plan_id is None:
        return {}
    rows = Task.objects.filter(plan=plan_id, parent=None).exclude(status=Task.Status.RETIRED)
    return {
        task.pk: (task.code, task.measure.text if task.measure else task.title)
        for task in rows.select_related("measure").order_by("order")
    }


def _bare(text: str) -> str:
    return "".join(text.split())
