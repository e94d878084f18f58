"""Apps of the tests, there for the length of a block."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.apps import apps

if TYPE_CHECKING:
    from tests.stores.session import Stores


@contextmanager
def installed_specimens(stores: "Stores") -> Iterator[None]:
    """Install the specimens."""
    with installed(stores, "tests.safeguards.records.specimens", "specimens"):
        yield


@contextmanager
def installed(stores: "Stores", app: str, label: str) -> Iterator[None]:
    """Install an app of the tests and make its tables."""
    names = [config.name for config in apps.get_app_configs()]
    apps.set_installed_apps([*names, app])
    apps.clear_cache()  # or models would not know who refers to them from an app installed again
    try:
        from tests.safeguards.records.specimens.tables import make_tables  # noqa: PLC0415

        make_tables(stores, label)
        yield
    finally:
        apps.unset_installed_apps()
