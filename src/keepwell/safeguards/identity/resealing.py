"""Bring second factors under the installation's key: early ones were sealed with `secret.key`."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt, encrypt
from django.db import transaction

from keepwell.safeguards.identity import library
from keepwell.toolkit.envelope import SealBroken

_SECRETS = ("secret", "seed")  # of an app, of recovery codes: allauth's names


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many second factors were sealed anew, and how many do not open any more."""

    done: int
    lost: int


def reseal() -> Resealed:
    """Seal anew what needs `secret.key`; it opens only while that file is the one it was."""
    done = lost = 0
    for row in Authenticator.objects.only("pk", "data").order_by("pk"):
        if not _names(row):
            continue
        try:
            done += _reseal(row.pk)
        except SealBroken:
            lost += 1
    return Resealed(done, lost)


def _reseal(key: int) -> int:
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().filter(pk=key).first()
        names = _names(row) if row else ()
        if row is None or not names:
            return 0  # somebody was faster
        row.data |= {name: encrypt(decrypt(row.data[name])) for name in names}
        row.save(update_fields=["data"])
    return 1


def _names(row: Authenticator) -> tuple[str, ...]:
    found = (name for name in _SECRETS if name in row.data)
    return tuple(name for name in found if library.is_sealed_as_before(row.data[name]))
