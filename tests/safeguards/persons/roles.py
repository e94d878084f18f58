"""The grants of persons, installed for the length of a block."""

from collections.abc import Iterator
from contextlib import contextmanager

from keepwell.safeguards.access import registry
from keepwell.safeguards.persons.manifest import MANIFEST


@contextmanager
def install_grants() -> Iterator[None]:
    """Install the manifest of persons alone."""
    before = registry.manifests()
    registry.install([MANIFEST])
    try:
        yield
    finally:
        registry.install(before)
