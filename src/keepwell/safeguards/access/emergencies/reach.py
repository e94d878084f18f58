"""How far emergency access reaches: to every location and to what is kept for named colleagues.

For what the manifests name and no more.

A patient of one location collapses at another. The wall between organisations stands as ever.
"""

from dataclasses import replace
from enum import StrEnum

from keepwell.safeguards.access import registry
from keepwell.safeguards.tenancy.viewer import Viewer


def everywhere_in_emergency(viewer: Viewer, permission: StrEnum) -> Viewer:
    """Return the viewer as a query reads by this permission, which has been allowed.

    While emergency access is on and the permission is one of an emergency, everything of the
    organisation. For reading only: what changes something keeps to what is the viewer's anyway.
    """
    if viewer.emergency is None:
        return viewer
    is_named = str(permission) in registry.emergency_permissions()
    return replace(viewer, locations=None, sees_reserved=True) if is_named else viewer
