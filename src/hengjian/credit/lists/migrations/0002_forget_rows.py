"""Entries that left their list before snapshots forgot them are taken out of the snapshots."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db import migrations

from hengjian.publishing.forgetting import forget_rows


def forget(apps: Any, schema_editor: Any) -> None:
    gone: defaultdict[str, list[str]] = defaultdict(list)
    for kind, number in (
        apps.get_model("credit_lists", "ListEntry").objects.exclude(state="listed").values_list("kind", "number")
    ):
        gone[f"credit-{kind.replace('_', '-')}"].append(number)
    for code, numbers in gone.items():
        forget_rows(code, "number", numbers, model=apps.get_model("publishing", "ListSnapshot"))


class Migration(migrations.Migration):
    dependencies = [("credit_lists", "0001_initial"), ("publishing", "0001_initial")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
