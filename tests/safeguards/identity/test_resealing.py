"""Second factors stand under the root key: `secret.key` can be lost, early rows are resealed."""

import base64
import hmac
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt

from keepwell.safeguards.identity import second_factor
from keepwell.safeguards.identity.resealing import Resealed, reseal
from keepwell.safeguards.identity.second_factor import CodeAnswer
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import envelope
from tests.people import Person

OTHER_SECRET = "another secret than the one before, as long as they are"
BEFORE = b"identity/authenticator/1"


def seal_as_before(person: Person, settings: Any) -> None:
    """Seal a person's factors as the first versions did: with what secret.key gave."""
    key = hmac.digest(settings.SECRET_KEY.encode(), BEFORE, "sha256")
    for row in Authenticator.objects.filter(user=person.user):
        for name in {"secret", "seed"} & set(row.data):
            sealed = envelope.seal(key, 1, BEFORE, decrypt(row.data[name]).encode())
            row.data[name] = base64.b64encode(sealed).decode()
        row.save()


def test_another_secret_key_locks_nobody_out(ada: Person, settings: Any) -> None:
    settings.SECRET_KEY = OTHER_SECRET
    assert second_factor.use_code(ada.user, ada.code()) is CodeAnswer.ACCEPTED
    row = Authenticator.objects.get(user=ada.user, type=Authenticator.Type.RECOVERY_CODES)
    code = row.wrap().get_unused_codes()[0]
    assert second_factor.use_recovery_code(ada.user, code)


def test_factors_open_inside_an_organisations_wall_too(ada: Person) -> None:
    assert ada.organisation is not None
    with wall.writing(ada.organisation):
        second_factor.enrol(ada.user, ada.secret)
        assert second_factor.use_code(ada.user, ada.code()) is CodeAnswer.ACCEPTED


def test_early_rows_open_and_are_sealed_anew_once(ada: Person, settings: Any) -> None:
    seal_as_before(ada, settings)
    codes = Authenticator.objects.get(user=ada.user, type="recovery_codes").wrap()
    before = codes.get_unused_codes()
    assert reseal() == Resealed(done=2, lost=0)
    assert reseal() == Resealed(done=0, lost=0)
    settings.SECRET_KEY = OTHER_SECRET
    assert second_factor.use_code(ada.user, ada.code()) is CodeAnswer.ACCEPTED
    codes = Authenticator.objects.get(user=ada.user, type="recovery_codes").wrap()
    assert codes.get_unused_codes() == before


def test_early_rows_whose_secret_key_is_gone_are_counted_and_left(
    ada: Person, settings: Any
) -> None:
    seal_as_before(ada, settings)
    right = settings.SECRET_KEY
    settings.SECRET_KEY = OTHER_SECRET
    assert reseal() == Resealed(done=0, lost=2)
    settings.SECRET_KEY = right
    assert second_factor.use_code(ada.user, ada.code()) is CodeAnswer.ACCEPTED


def test_a_sealed_factor_is_not_its_text(ada: Person) -> None:
    row = Authenticator.objects.get(user=ada.user, type=Authenticator.Type.TOTP)
    assert ada.secret not in str(row.data)
    assert ada.secret.encode() not in base64.b64decode(row.data["secret"].partition(":")[2])
