"""Messages to people move to the room `pages`, so that every room can tell them something."""

from typing import Any

from django.db import migrations

FIELDS = ("user_id", "text", "ref", "key", "at", "read_at")


def move(apps: Any, schema_editor: Any) -> None:
    old = apps.get_model("plans", "Notification").objects.using(schema_editor.connection.alias)
    new = apps.get_model("pages", "Notification").objects.using(schema_editor.connection.alias)
    batch = []
    for row in old.order_by("pk").values(*FIELDS).iterator(chunk_size=2000):
        batch.append(new.model(**row))
        if len(batch) == 2000:
            new.bulk_create(batch)
            batch = []
    new.bulk_create(batch)


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial"), ("pages", "0002_notification")]
    operations = [migrations.RunPython(move, migrations.RunPython.noop), migrations.DeleteModel(name="Notification")]
