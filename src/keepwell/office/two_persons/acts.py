"""The acts of the office that take two persons."""

from django.utils.translation import gettext_lazy as _

from keepwell.office.permissions import OfficePermission
from keepwell.safeguards.access.proposals.acts import Act, declare

EXPORT_TRAIL = declare(
    Act(
        code="trail:export",
        title=_("Export much of the trail"),
        permission=OfficePermission.TRAIL_READ,
        route="office:export_proposed",
    )
)
