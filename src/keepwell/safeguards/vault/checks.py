"""What Django's system check says about the vault (`keepwell doctor` and start-up run it)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from keepwell.safeguards.vault import root
from keepwell.safeguards.vault.errors import KeystoreUnavailable, RootKeyError


@register(Tags.security)
def check_paths(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a root key inside the folder of sealed files: it would travel in the same backup."""
    key, blobs = Path(settings.KEEPWELL_ROOT_KEY), Path(settings.KEEPWELL_BLOBS)
    if not key.is_absolute() or not blobs.is_absolute():
        return [Error("The root key and the blobs need absolute paths.", id="vault.E001")]
    if blobs in key.parents:
        return [Error("The root key lies among the blobs. Keep them apart.", id="vault.E002")]
    return []


@register(Tags.database)
def check_root_key(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Say what is wrong with the root key when the keystore is among the databases to check."""
    if "keys" not in (databases or ()):
        return []
    try:
        root.check()
    except (RootKeyError, KeystoreUnavailable) as error:
        return [Error(str(error), id="vault.E003")]
    return []
