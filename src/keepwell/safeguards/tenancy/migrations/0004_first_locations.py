"""Every organisation that was there before locations were begins with one, named as itself."""

from typing import Any

from django.db import migrations


def open_first_locations(apps: Any, schema_editor: Any) -> None:
    """Open one for each organisation that has none, with what its profile says."""
    organisations = apps.get_model("tenancy", "Organisation").objects
    # The historical manager knows no wall; on PostgreSQL the owner who migrates passes it.
    locations = apps.get_model("tenancy", "Location").objects
    for one in organisations.all():
        if not locations.filter(organisation=one).exists():
            locations.create(
                organisation=one,
                name=one.name,
                address=one.address,
                telephone=one.telephone,
                hours=one.hours,
            )


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0003_locations")]

    operations = [migrations.RunPython(open_first_locations, migrations.RunPython.noop)]
