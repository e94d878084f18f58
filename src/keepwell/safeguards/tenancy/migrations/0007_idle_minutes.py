from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenancy', '0006_notice_has_versions'),
    ]

    operations = [
        migrations.AddField(
            model_name='organisation',
            name='idle_minutes',
            field=models.PositiveSmallIntegerField(default=15, validators=[MinValueValidator(5), MaxValueValidator(60)]),
        ),
    ]
