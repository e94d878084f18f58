"""Persons are found by how the words of their name begin.

Rows that are there say that their tokens are of no version, so that `records:index:mend` makes them
anew: no migration may open what is sealed.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("persons", "0007_handed_reports"),
        ("tenancy", "0009_ten_years_of_trail"),
    ]

    operations = [
        migrations.CreateModel(
            name="PersonNameWord",
            fields=[
                ("token", models.BigIntegerField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "token",
                        "row_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organisation",
                    ),
                ),
                (
                    "row",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="persons.person",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
                "base_manager_name": "objects",
            },
        ),
        migrations.RunSQL("UPDATE persons_person SET index_version = NULL", migrations.RunSQL.noop),
    ]
