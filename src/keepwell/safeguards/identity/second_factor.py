"""One-time codes and recovery codes: each accepted once, whatever runs beside it.

The rows and the arithmetic (RFC 4226, RFC 6238) are allauth's. Its own memory of used codes is the
cache, which forgets after 30 seconds and is not shared; ours is the counter of the last accepted
code, on the authenticator's row, changed under the row's lock.
"""

import logging
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, urlencode

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt, encrypt
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.crypto import constant_time_compare

from keepwell.safeguards.identity.errors import LastSecondStep
from keepwell.safeguards.identity.models import Passkey, User
from keepwell.toolkit.clock import now, now_us

log = logging.getLogger(__name__)
_LAST_COUNTER = "last_counter"
_KEPT = "viewed_at"  # allauth's own name for "the codes have been shown"


class CodeAnswer(StrEnum):
    """What became of a code."""

    ACCEPTED = "accepted"
    EARLIER = "earlier"  # right, but for the half-minute before this one
    USED = "used"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What an account has for its second step."""

    has_app: bool
    codes_left: int
    codes_kept: bool  # the person said so


def new_secret() -> str:
    """Return a new secret for an authenticator app: 160 bits, base32 (RFC 4226 4)."""
    return str(generate_totp_secret())


def sealed(secret: str) -> str:
    """Return a secret as it may wait in a session until the person proves to have it."""
    return str(encrypt(secret))


def unsealed(text: str) -> str:
    """Open what `sealed` made."""
    return str(decrypt(text))


def app_address(secret: str, *, account: str, issuer: str) -> str:
    """Return what the QR code says to an authenticator app (Key Uri Format)."""
    label = f"{quote(issuer, safe='')}:{quote(account)}"
    return (
        f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer}, quote_via=quote)}"
    )


def has_app(user: User) -> bool:
    """Tell whether an account has an authenticator app."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def has_second_step(user: User) -> bool:
    """Tell whether a password alone is not enough: there is an app or a passkey."""
    return has_app(user) or Passkey.objects.filter(user=user).exists()


def without_second_step(accounts: "QuerySet[User]") -> "QuerySet[User]":
    """Narrow accounts to those with neither an app nor a passkey, for the database to count."""
    apps = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    passkeys = Passkey.objects.filter(user=OuterRef("pk"))
    return accounts.filter(~Exists(apps), ~Exists(passkeys))


def enrolled(user: User) -> Enrolled:
    """Return what an account has for its second step."""
    codes = _codes_row(user)
    return Enrolled(
        has_app=has_app(user),
        codes_left=len(RecoveryCodes(codes).get_unused_codes()) if codes else 0,
        codes_kept=bool(codes and codes.data.get(_KEPT)),
    )


def current_counter() -> int:
    """Return the number of the present half-minute (RFC 6238 4.2)."""
    return now_us() // 1_000_000 // int(settings.MFA_TOTP_PERIOD)


def code_at(secret: str, counter: int) -> str:
    """Return the six digits of one half-minute."""
    return str(format_hotp_value(hotp_value(secret, counter)))


def judge(secret: str, typed: str, *, last_counter: int = -1) -> CodeAnswer:
    """Say what a typed code is: only the present half-minute's, and not one accepted before."""
    code, counter = _digits(typed), current_counter()
    if constant_time_compare(code, code_at(secret, counter)):
        return CodeAnswer.ACCEPTED if counter > last_counter else CodeAnswer.USED
    earlier = constant_time_compare(code, code_at(secret, counter - 1))
    return CodeAnswer.EARLIER if earlier else CodeAnswer.WRONG


def enrol(user: User, secret: str, *, last_counter: int = -1) -> None:
    """Give an account its authenticator app and ten recovery codes, in place of all before.

    Passkeys go too: whoever lost the phone may have lost them with it.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        Passkey.objects.filter(user=user).delete()
        put_app(user, secret, last_counter=last_counter)


def put_app(user: User, secret: str, *, last_counter: int = -1) -> None:
    """Put an app and ten recovery codes in place of any before; passkeys stay."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        Authenticator.objects.filter(user=user).delete()
        data = {"secret": encrypt(secret), _LAST_COUNTER: last_counter}
        Authenticator.objects.create(
            user=user, type=Authenticator.Type.TOTP, data=data, created_at=now()
        )
        RecoveryCodes.activate(user)


def enrol_first(user: User, secret: str, *, last_counter: int) -> bool:
    """Enrol an account that has nothing yet; False when somebody was quicker.

    Only a password stands behind a first enrolment, so it must never replace what is there.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if Authenticator.objects.filter(user=user).exists() or has_second_step(user):
            return False
        enrol(user, secret, last_counter=last_counter)
    return True


def remove_app(user: User) -> bool:
    """Remove the app of an account that has a passkey; raise LastSecondStep when it has none."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if not Passkey.objects.filter(user=user).exists():
            raise LastSecondStep
        apps = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP)
        return bool(apps.delete()[0])


def use_code(user: User, typed: str) -> CodeAnswer:
    """Accept the present code of the account's app, once."""
    with transaction.atomic():
        row = _locked(user, Authenticator.Type.TOTP)
        if row is None:
            return CodeAnswer.WRONG
        last = int(row.data.get(_LAST_COUNTER, -1))
        answer = judge(decrypt(row.data["secret"]), typed, last_counter=last)
        if answer is CodeAnswer.ACCEPTED:
            row.data[_LAST_COUNTER] = current_counter()
            row.last_used_at = now()
            row.save(update_fields=["data", "last_used_at"])
    return answer


def use_recovery_code(user: User, typed: str) -> bool:
    """Accept one of the account's recovery codes, once."""
    with transaction.atomic():
        row = _locked(user, Authenticator.Type.RECOVERY_CODES)
        if row is None:
            return False
        return bool(RecoveryCodes(row).validate_code(_digits(typed)))


def unkept_codes(user: User) -> list[str]:
    """Return the recovery codes to show, until the person says they are kept; then never again."""
    row = _codes_row(user)
    if row is None or row.data.get(_KEPT):
        return []
    return [f"{code[:4]} {code[4:]}" for code in RecoveryCodes(row).get_unused_codes()]


def keep_codes(user: User) -> None:
    """Note that the person keeps the codes now: they are not shown again."""
    with transaction.atomic():
        row = _locked(user, Authenticator.Type.RECOVERY_CODES)
        if row is not None:
            row.data[_KEPT] = now_us() / 1_000_000
            row.save(update_fields=["data"])


def renew_codes(user: User) -> None:
    """Replace an account's recovery codes; the old ones are good for nothing."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
        RecoveryCodes.activate(user)


def _digits(typed: str) -> str:
    return "".join(character for character in typed if character in "0123456789")[:16]


def _codes_row(user: User) -> Authenticator | None:
    rows = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES)
    return rows.first()


def _locked(user: User, kind: str) -> Authenticator | None:
    # The lock of this row is what makes a code single-use: the second of two parallel posts waits
    # here and then reads the counter that the first one left.
    return Authenticator.objects.select_for_update().filter(user=user, type=kind).first()
