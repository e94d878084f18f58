"""Whether Keepwell can serve: for load balancers and monitors, in codes, open to all.

Not ready means that no page with patients' data would open just now. Nothing is restarted by it:
each cause goes away by itself once its store or the root key is back.
"""

from uuid import UUID

from django.db import Error, connections
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from keepwell.safeguards.access.declarations import open_to_all
from keepwell.safeguards.audit.errors import TrailUnavailable
from keepwell.safeguards.audit.trail import statements, store
from keepwell.safeguards.tenancy.organisations import organisation_ids
from keepwell.safeguards.vault import standing, watch

NOBODY = UUID(int=0)


@require_safe
@open_to_all("monitors ask whether Keepwell can serve, and are told codes only")
def answer(request: HttpRequest) -> JsonResponse:
    """Answer 200 when everything can be used, otherwise 503 with what cannot, by its code."""
    looks = {"data": _data, "trail": _trail, "keys": _keys}
    found = {what: code for what, look in looks.items() if (code := look())}
    said = {"ready": not found, "findings": [{"id": one, "code": found[one]} for one in found]}
    return JsonResponse(said, status=503 if found else 200)


def _data() -> str:
    try:
        organisation_ids()
    except Error:
        connections["default"].close_if_unusable_or_obsolete()
        return "data_unavailable"
    return ""


def _trail() -> str:
    try:
        with store.outside_walls() as connection:
            statements.newest_checkpoint(connection, NOBODY)
    except TrailUnavailable as error:
        return error.code
    return ""


def _keys() -> str:
    return standing.of_root().finding or (
        "keystore_older" if watch.present.is_older_keystore else ""
    )
