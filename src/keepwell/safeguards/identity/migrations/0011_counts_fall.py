from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0010_trusted_devices'),
    ]

    operations = [
        migrations.RenameField(
            model_name='tries',
            old_name='last_try',
            new_name='falls_from',
        ),
    ]
