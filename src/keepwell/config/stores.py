"""Which tables live in which store: data, trail or keystore, decided by app label alone.

Historical models in migrations carry no attributes of ours, so the label is all there is to go by.
"""

from typing import Any

from django.db import models

STORE_OF_APP = {"keystore": "keys", "trail": "trail"}


def store_of(app_label: str) -> str:
    """Return the database alias that holds the tables of this app."""
    return STORE_OF_APP.get(app_label, "default")


class StoreRouter:
    """Django's router for the three stores."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str:
        """Read where the rows live."""
        return store_of(model._meta.app_label)

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str:
        """Write where the rows live."""
        return store_of(model._meta.app_label)

    def allow_relation(self, one: models.Model, other: models.Model, **hints: Any) -> bool:
        """Relate rows of one store only."""
        return store_of(one._meta.app_label) == store_of(other._meta.app_label)

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Make tables in their own store only."""
        return store_of(app_label) == db
