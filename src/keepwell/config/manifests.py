"""The manifests of this installation: adding a product is adding its line here and its routes in urls.py."""

from keepwell.safeguards.access.manifest import MANIFEST as ACCESS
from keepwell.safeguards.access.manifest import Manifest

MANIFESTS: tuple[Manifest, ...] = (ACCESS,)
