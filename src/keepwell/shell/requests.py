"""What the frame knows about a request: its id, whose pages it is among, whose clinic it is."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.manifest import PatientPlace
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.shell import doors, queries
from keepwell.toolkit.identifiers import uuid7


def id_of(request: HttpRequest) -> UUID:
    """Return this request's id: in the access line, on error pages and in trail entries."""
    found = getattr(request, "request_id", None)
    if not isinstance(found, UUID):
        found = uuid7()
        request.request_id = found  # type: ignore[attr-defined]  # identity.origin reads it
    return found


def reference_of(request: HttpRequest) -> str:
    """Return the end of the id, short enough for the telephone; the log can be searched for it."""
    return str(id_of(request)).rsplit("-", 1)[1]


def is_patients(request: HttpRequest) -> bool:
    """Say whether this address is one that patients open (known before any view is).

    Behind a door with one set of pages every address is of that set, also one that leads nowhere:
    a page for staff there would tell of the other door.
    """
    here = doors.open_to(request)
    if len(here) == 1:
        return doors.Door.PATIENTS in here
    return request.path_info.startswith(tuple(settings.KEEPWELL_PATIENT_PATHS))


def viewer_of(request: HttpRequest) -> Any:
    """Return the viewer that access has found, or None."""
    return getattr(request, "viewer", None)


def patient_place_of(request: HttpRequest) -> PatientPlace | None:
    """Return whose this address for patients is, as far as it can be known; never raises."""
    if not is_patients(request):
        return None
    try:
        return registry.patient_place(request)
    except DatabaseError:
        return None


def organisation_of(request: HttpRequest) -> Organisation | None:
    """Return whose page this is: what was said, the viewer's, or the only one there is.

    Never raises: error pages need it when the database is what failed.
    """
    said = getattr(request, "organisation", None)
    if isinstance(said, Organisation):
        return said
    viewer = viewer_of(request)
    try:
        if viewer is not None:
            return queries.organisation(viewer.organisation)
        return queries.only_organisation()
    except DatabaseError:
        return None


def zone_of(request: HttpRequest) -> ZoneInfo:
    """Return the zone in which this organisation's times are shown."""
    organisation = organisation_of(request)
    return ZoneInfo(organisation.time_zone if organisation else "UTC")
