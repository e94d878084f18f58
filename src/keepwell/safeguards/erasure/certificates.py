"""The certificate of an organisation's erasure: as a person's, by what was kept apart."""

from django.conf import settings

from keepwell.safeguards.access.queries import allow
from keepwell.safeguards.audit.proofs import proof_of
from keepwell.safeguards.audit.queries import unopened
from keepwell.safeguards.persons.erasures import Certificate, Order
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.vault import erased


def certificate_of_organisation(viewer: Viewer) -> Certificate | None:
    """Return the certificate of the viewer's organisation; None if it was not ordered.

    Ids, counts and hashes alone. Nothing records the look: the trail takes no entries any more.
    Raises TrailUnavailable and KeystoreUnavailable.
    """
    allow(viewer, PersonPermission.ERASE)
    gone = erased.find(viewer.organisation)
    entry = unopened(viewer, gone.entry) if gone and gone.entry else None
    if gone is None or entry is None:
        return None
    return Certificate(
        organisation=viewer.organisation,
        person=None,
        orders=(Order(entry, proof_of(viewer.organisation, entry.index)),),
        keys=gone.keys,
        destroyed=gone.destroyed,
        backup_days=settings.KEEPWELL_KEYSTORE_BACKUP_DAYS,
        counts=gone.counts,
    )
