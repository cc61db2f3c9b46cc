"""Keys and terms are ordered byte by byte on PostgreSQL."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from hengjian.trace.events.triggers import plain_order


def forwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    plain_order(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("trace_events", "0001_initial")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop, hints={"schema": True})]
