from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('trace_exchange', '0003_batches_to_parts'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='exchangebatch',
            name='faults',
        ),
        migrations.RemoveField(
            model_name='exchangebatch',
            name='made',
        ),
        migrations.RemoveField(
            model_name='exchangebatch',
            name='messages',
        ),
    ]
