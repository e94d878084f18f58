"""For how many years an organisation keeps what its trail says."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="trail_years",
            field=models.PositiveSmallIntegerField(
                default=6, validators=[django.core.validators.MinValueValidator(6)]
            ),
        )
    ]
