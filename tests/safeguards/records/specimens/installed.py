"""The specimens' app, there for the length of a block."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.apps import apps

if TYPE_CHECKING:
    from tests.stores.session import Stores


@contextmanager
def installed_specimens(stores: "Stores") -> Iterator[None]:
    """Install the app and make its table."""
    names = [config.name for config in apps.get_app_configs()]
    apps.set_installed_apps([*names, "tests.safeguards.records.specimens"])
    try:
        from tests.safeguards.records.specimens.tables import make_table  # noqa: PLC0415

        make_table(stores)
        yield
    finally:
        apps.unset_installed_apps()
