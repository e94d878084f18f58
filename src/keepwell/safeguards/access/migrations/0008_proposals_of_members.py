"""Proposals are members' only: the console neither proposes nor confirms (decision 0014)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0007_proposals")]

    operations = [
        migrations.RunSQL(
            "DELETE FROM access_proposal WHERE proposed_by IS NULL", migrations.RunSQL.noop
        ),
        migrations.RemoveConstraint(model_name="proposal", name="nobody_confirms_their_own"),
        migrations.RemoveField(model_name="proposal", name="account"),
        migrations.AlterField(
            model_name="proposal", name="proposed_by", field=models.UUIDField()
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by__isnull", True),
                    models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="nobody_confirms_their_own",
            ),
        ),
    ]
