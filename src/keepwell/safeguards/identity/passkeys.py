"""Passkeys: what a browser's answer to a challenge proves (WebAuthn level 3, 7.1 and 7.2).

The device unlocks the key by its person's finger, face or PIN (user verification, demanded always),
so one passkey is both steps. `fido2` reads and verifies; the relying party is the configured staff
address and nothing that a request says.
"""

import hashlib
import ipaddress
import json
import logging
import struct
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    CollectedClientData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from keepwell.safeguards.identity import second_factor
from keepwell.safeguards.identity.errors import LastSecondStep, TooManyPasskeys
from keepwell.safeguards.identity.models import Passkey, User
from keepwell.toolkit.clock import now

MOST = 20
LONGEST_ANSWER = 16_384
"""Characters; an answer without attestation has about one thousand."""
NAME = "Keepwell"
_ALGORITHMS = (-7, -8, -257)
"""ES256, EdDSA, RS256 (RFC 9053 2.1, 2.2; RFC 8812 2): what devices have."""
_BROKEN = (
    AssertionError,
    AttributeError,
    IndexError,
    KeyError,
    NotImplementedError,
    OverflowError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)
"""What reading somebody's bytes may end in."""
_VERIFIED = UserVerificationRequirement.REQUIRED
logging.getLogger("fido2").setLevel(logging.WARNING)  # it tells every credential's id


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What became of an answer: whose passkey it names, and whether it holds."""

    passkey: Passkey | None = None
    is_right: bool = False
    because: str = ""


def are_possible() -> bool:
    """Tell whether browsers offer them at the staff address: not at a bare IP address."""
    try:
        ipaddress.ip_address(_host())
    except ValueError:
        return True
    return False


def of(user: User) -> list[Passkey]:
    """List an account's passkeys, the oldest first."""
    return list(Passkey.objects.filter(user=user).order_by("created", "id"))


def one_of(user: User, passkey: UUID) -> Passkey | None:
    """Return one of an account's passkeys; anybody else's is none."""
    return Passkey.objects.filter(user=user, pk=passkey).first()


def adding(user: User, challenge: str) -> dict[str, Any]:
    """Return what the browser is asked to make; `challenge`: base64url of random bytes."""
    known = [_data(one) for one in of(user)]
    entity = PublicKeyCredentialUserEntity(
        id=user.pk.bytes, name=user.email, display_name=user.name
    )
    options, _state_is_ours = _server().register_begin(
        user=entity,
        credentials=known,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=_VERIFIED,
        challenge=websafe_decode(challenge),
    )
    return dict(options)


def using(challenge: str) -> dict[str, Any]:
    """Return what the browser is asked to prove: alike for everybody but for the challenge.

    It names no credential, so it tells nobody which accounts have one (ASVS 6.3.8).
    """
    options, _state_is_ours = _server().authenticate_begin(
        user_verification=_VERIFIED, challenge=websafe_decode(challenge)
    )
    return dict(options)


def challenge_in(answer: str) -> str:
    """Return the challenge that an answer says it is for; nothing when it cannot be read."""
    try:
        data = websafe_decode(_read(answer)["response"]["clientDataJSON"])
        return websafe_encode(CollectedClientData(data).challenge)
    except _BROKEN:
        return ""


def add(user: User, *, challenge: str, answer: str, name: str) -> Passkey | None:
    """Keep a new passkey; None when the answer does not hold. Raises TooManyPasskeys."""
    try:
        response = RegistrationResponse.from_dict(_read(answer))
        found = _server().register_complete(_state(challenge), response)
        is_framed = response.response.client_data.cross_origin
        credential = found.credential_data
    except _BROKEN:
        return None
    if credential is None or is_framed or credential.public_key.get(3) not in _ALGORITHMS:
        return None
    return _keep(user, credential, counter=found.counter, name=name)


def claimed(answer: str) -> User | None:
    """Return whose passkey an answer names, before anything of it is believed."""
    try:
        digest = _digest(AuthenticationResponse.from_dict(_read(answer)).raw_id)
    except _BROKEN:
        return None
    passkey = Passkey.objects.select_related("user").filter(digest=digest).first()
    return passkey.user if passkey else None


def judge(answer: str, *, challenge: str, of: User | None = None) -> Judged:
    """Say whether an answer proves that a passkey's person is there, now; `of` whom, if known.

    The counter moves under the row's lock: an answer that says no higher one than the last comes
    from a copy of the key, and is refused (WebAuthn level 3, 6.1.1).
    """
    try:
        response = AuthenticationResponse.from_dict(_read(answer))
        digest = _digest(response.raw_id)
    except _BROKEN:
        return Judged(because="unreadable")
    with transaction.atomic():
        rows = Passkey.objects.select_for_update(of=("self",)).select_related("user")
        passkey = rows.filter(digest=digest).first()
        if passkey is None:
            return Judged(because="unknown")
        because = _fault(passkey, response, challenge, of)
        if not because:
            passkey.counter = response.response.authenticator_data.counter
            passkey.last_used = now()
            passkey.save(update_fields=["counter", "last_used"])
    return Judged(passkey=passkey, is_right=not because, because=because)


def remove(user: User, passkey: Passkey) -> bool:
    """Remove a passkey under the account's lock; raise LastSecondStep when nothing else is left."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        others = Passkey.objects.filter(user=user).exclude(pk=passkey.pk)
        if not second_factor.has_app(user) and not others.exists():
            raise LastSecondStep
        return Passkey.objects.filter(pk=passkey.pk, user=user).delete()[0] == 1


def _fault(
    passkey: Passkey, response: AuthenticationResponse, challenge: str, of: User | None
) -> str:
    handle = response.response.user_handle
    if (of is not None and of.pk != passkey.user_id) or handle not in (
        None,
        passkey.user_id.bytes,
    ):
        return "of-another-account"
    try:
        _server().authenticate_complete(_state(challenge), [_data(passkey)], response)
        is_framed = response.response.client_data.cross_origin
    except _BROKEN:
        return "not-proven"
    counter = response.response.authenticator_data.counter
    if (counter or passkey.counter) and counter <= passkey.counter:
        return "counter"
    return "framed" if is_framed else ""


def _keep(
    user: User, credential: AttestedCredentialData, *, counter: int, name: str
) -> Passkey | None:
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if Passkey.objects.filter(user=user).count() >= MOST:
            raise TooManyPasskeys
        try:
            with transaction.atomic():
                return Passkey.objects.create(
                    user=user,
                    name=name.strip(),
                    digest=_digest(credential.credential_id),
                    credential=bytes(credential),
                    counter=counter,
                )
        except IntegrityError:  # a credential belongs to one account (WebAuthn level 3, 7.1, 26)
            return None


def _server() -> Fido2Server:
    """Return the relying party; only the exact staff address is its origin, no other of the host.

    fido2 itself would accept every subdomain and port.
    """
    entity = PublicKeyCredentialRpEntity(id=_host(), name=NAME)
    server = Fido2Server(entity, verify_origin=lambda origin: origin == _origin())
    offered = [one for one in server.allowed_algorithms if one.alg in _ALGORITHMS]
    server.allowed_algorithms = offered
    return server


def _origin() -> str:
    return str(settings.KEEPWELL_STAFF_URL).rstrip("/")


def _host() -> str:
    return urlsplit(_origin()).hostname or ""


def _state(challenge: str) -> dict[str, Any]:
    return {"challenge": challenge, "user_verification": _VERIFIED}


def _read(answer: str) -> Any:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("too long")
    return json.loads(answer)


def _data(passkey: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(passkey.credential))


def _digest(credential_id: bytes) -> str:
    return hashlib.sha256(credential_id).hexdigest()
