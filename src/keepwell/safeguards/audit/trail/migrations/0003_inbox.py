"""Entries wait in an inbox for the sequencer (PostgreSQL)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trail", "0002_mentions_by_number")]

    operations = [
        migrations.CreateModel(
            name="Inbox",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "organisation_id",
                        "entry_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("entry_id", models.UUIDField()),
                ("kind", models.CharField(max_length=200)),
                ("time_us", models.BigIntegerField()),
                ("period", models.PositiveIntegerField()),
                ("key_id", models.UUIDField()),
                ("payload", models.BinaryField()),
                ("mentions", models.BinaryField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="trail.log",
                    ),
                ),
            ],
        ),
    ]
