"""An address of a privacy notice that a profile holds becomes version 1 of the notice."""

from typing import Any
from zoneinfo import ZoneInfo

from django.db import migrations
from django.utils import timezone


def carry_addresses(apps: Any, schema_editor: Any) -> None:
    """Publish one for each organisation that has an address and no notice, from today on."""
    organisations = apps.get_model("tenancy", "Organisation").objects
    # The historical managers know no wall; on PostgreSQL the owner who migrates passes it.
    notices = apps.get_model("consent", "Notice").objects
    texts = apps.get_model("consent", "NoticeText").objects
    moment = timezone.now()
    for one in organisations.exclude(privacy_notice_url=""):
        if notices.filter(organisation=one).exists():
            continue
        notice = notices.create(
            organisation=one,
            number=1,
            effective=moment.astimezone(ZoneInfo(one.time_zone)).date(),
            published=moment,
        )
        texts.create(
            organisation=one,
            notice=notice,
            language=one.locale.partition("-")[0],
            position=0,
            title="Notice of Privacy Practices",
            address=one.privacy_notice_url,
        )


class Migration(migrations.Migration):
    dependencies = [("consent", "0001_initial"), ("tenancy", "0005_emergency_minutes")]

    operations = [migrations.RunPython(carry_addresses, migrations.RunPython.noop)]
