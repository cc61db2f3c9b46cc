from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plans", "0002_messages_move")]

    operations = [
        migrations.AddField(
            model_name="task",
            name="nature",
            field=models.CharField(
                choices=[("action", "举措"), ("mechanism", "机制")], default="action", max_length=10, verbose_name="性质"
            ),
        ),
    ]
