"""Persons are found by birth date and by telephone.

Rows that are there say that their tokens are of no version, so that `records:index:mend` makes them
anew: no migration may open what is sealed.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("persons", "0003_person_persons_newest")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="born_token",
            field=models.BigIntegerField(db_index=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="telephone_token",
            field=models.BigIntegerField(db_index=True, editable=False, null=True),
        ),
        migrations.RunSQL(
            "UPDATE persons_person SET index_version = NULL", migrations.RunSQL.noop
        ),
    ]
