"""Entries of registers under a seal become the file of their unit alone (registers.models.OWN_FILE)."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import Q
from django.utils import timezone

INTERNAL, OWN_FILE, ROUND = 10, 20, 500


def close(apps: Any, schema_editor: Any) -> None:
    now = timezone.now()
    seals = apps.get_model("ledger", "Seal").objects.filter(
        Q(until__isnull=True) | Q(until__gt=now), effective_at__lte=now, lifted__isnull=True
    )
    told = apps.get_model("ledger", "FactRef").objects.filter(
        role="entry", leaf_index__in=seals.values("leaf_index"), ref__startswith="entry:"
    )
    rows: list[int] = sorted({int(ref.rpartition(":")[2]) for ref in told.values_list("ref", flat=True)})
    refs = set(told.values_list("ref", flat=True))
    model = apps.get_model("registers", "Entry")
    for start in range(0, len(rows), ROUND):
        for entry in model.objects.filter(pk__in=rows[start : start + ROUND], confidentiality=INTERNAL):
            if f"entry:{entry.register}:{entry.pk}" in refs:
                model.objects.filter(pk=entry.pk).update(confidentiality=OWN_FILE)


class Migration(migrations.Migration):
    dependencies = [("credit_records", "0001_initial"), ("ledger", "0002_sealing"), ("registers", "0001_initial")]

    operations = [migrations.RunPython(close, migrations.RunPython.noop)]
