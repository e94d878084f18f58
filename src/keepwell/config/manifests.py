"""The manifests of this installation: a product is a folder, a line here and a line in urls.py."""

from keepwell.office.manifest import MANIFEST as OFFICE
from keepwell.office.sign_in.manifest import MANIFEST as IDENTITY
from keepwell.products.forms.manifest import MANIFEST as FORMS
from keepwell.safeguards.access.manifest import MANIFEST as ACCESS
from keepwell.safeguards.access.manifest import Manifest
from keepwell.safeguards.consent.manifest import MANIFEST as CONSENT
from keepwell.safeguards.monitoring.manifest import MANIFEST as MONITORING
from keepwell.safeguards.persons.manifest import MANIFEST as PERSONS

MANIFESTS: tuple[Manifest, ...] = (
    ACCESS,
    IDENTITY,
    PERSONS,
    CONSENT,
    MONITORING,
    OFFICE,
    FORMS,
)
