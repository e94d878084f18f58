"""The acts of the office that take two persons: one handed out here, two given on the server."""

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
ERASE_ORGANISATION = declare(
    Act(
        code="organisation:erase",
        title=_("Erase the organisation"),
        lead=_(
            "All its keys are destroyed and all it has is deleted, for ever: persons, forms, what "
            "arrived, members, what the trail says. Only proofs stay. Nothing happens on this page."
        ),
        permission=OfficePermission.ORGANISATION_ERASE,
        command='keepwell organisation erase --organisation {organisation} --reason "..."',
    )
)
SHORTEN_TRAIL = declare(
    Act(
        code="trail:shorten",
        title=_("Keep the trail for fewer years"),
        lead=_(
            "What entries said in older months is erased, for ever; that they were there stays "
            "provable. Nothing happens on this page."
        ),
        permission=OfficePermission.TRAIL_SHORTEN,
        command="keepwell trail keep --organisation {organisation} --years {years}",
    )
)
