import json
from pathlib import Path

from django.conf import settings
from django.db import migrations


def to_parts(apps, schema_editor):
    """What a batch held in itself goes into parts; messages that wait for confirmation become a file again."""
    Batch, Part = (apps.get_model("trace_exchange", name) for name in ("ExchangeBatch", "ExchangePart"))
    for batch in Batch.objects.all().iterator(chunk_size=20):
        undone = batch.state == "undone"
        batch.checked, batch.sample = True, batch.messages[:50]
        batch.save(update_fields=["checked", "sample"])
        entries = batch.made.get("entries", [])
        if batch.faults or entries:
            Part.objects.create(
                batch=batch, faults=batch.faults, fault_count=len(batch.faults), entries=entries, undone=undone
            )
        for first, last in runs(sorted(batch.made.get("events", []))):
            Part.objects.create(batch=batch, first=first, last=last, undone=undone)
        if batch.state == "preview":
            folder = Path(settings.MEDIA_ROOT) / "exchange"
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / f"{batch.pk}.part").open("w", encoding="utf-8") as file:
                file.writelines(json.dumps(one) + "\n" for one in batch.messages)
            if not batch.name.endswith(".jsonl"):
                batch.name = f"{batch.name[:190]}.jsonl"
                batch.save(update_fields=["name"])


def runs(numbers):
    """(first, last) of numbers that follow each other."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


class Migration(migrations.Migration):

    dependencies = [
        ('trace_exchange', '0002_exchange_in_slices'),
    ]

    operations = [migrations.RunPython(to_parts, migrations.RunPython.noop)]
