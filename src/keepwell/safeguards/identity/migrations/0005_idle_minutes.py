from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0004_passkeys'),
    ]

    operations = [
        migrations.AddField(
            model_name='sessionrecord',
            name='idle_minutes',
            field=models.PositiveSmallIntegerField(default=15),
        ),
    ]
