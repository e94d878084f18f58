"""Passwords: what is accepted, what it costs, how it is kept."""

import pytest
from django.core import checks
from django.core.exceptions import ValidationError

from keepwell.safeguards.identity import passwords, second_factor
from keepwell.safeguards.identity.models import User
from tests.stores import session

ADA = User(email="ada.moreno@example.org", name="Ada Moreno")


@pytest.mark.parametrize(
    "password",
    [
        "correct1horse",
        "x7k2m9qp",
        "four plain words together",
        "a b c d e f",
        "日本語のパスワード",
        "z" * 64 + "y",
        "w#" * 500,
    ],
)
def test_accepted(password: str) -> None:
    passwords.validate(password, ADA)


@pytest.mark.parametrize(
    "password", ["", "short1!", "password", "12345678", "iloveyou1", "ada.moreno", "Ada Moreno"]
)
def test_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        passwords.validate(password, ADA)


def test_two_keyboards_spell_one_password_alike() -> None:
    composed, decomposed = "caf\u00e9 au lait", "cafe\u0301 au lait"
    user = User(password=passwords.hashed(composed))
    assert passwords.is_password_of(user, decomposed)


def test_nothing_is_cut_off() -> None:
    user = User(password=passwords.hashed("x" * 1000 + "y"))
    assert not passwords.is_password_of(user, "x" * 1000 + "z")


def test_the_cost_is_the_published_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in session.PUBLISHED_COST.items():  # tests hash more quickly otherwise
        monkeypatch.setattr(passwords.Argon2id, name, value)
    assert passwords.hashed("four plain words").startswith("argon2$argon2id$v=19$m=47104,t=2,p=1$")


@pytest.mark.usefixtures("stores")
def test_an_unknown_account_costs_a_hash_too(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []
    real = passwords.Argon2id.verify

    def counting(self: passwords.Argon2id, password: str, encoded: str) -> bool:
        counted.append(password)
        return bool(real(self, password, encoded))

    monkeypatch.setattr(passwords.Argon2id, "verify", counting)
    assert passwords.account_of("nobody@example.org", "some password") == (None, False)
    assert counted == ["some password"]


def test_the_librarys_bypass_code_stops_the_start(settings: pytest.FixtureRequest) -> None:
    assert not [found for found in checks.run_checks() if found.id == "identity.E001"]
    settings.MFA_TOTP_INSECURE_BYPASS_CODE = "123456"  # type: ignore[attr-defined]
    assert [found for found in checks.run_checks() if found.id == "identity.E001"]


@pytest.mark.parametrize(
    ("counter", "code"),  # RFC 4226 appendix D
    [(0, "755224"), (1, "287082"), (2, "359152"), (8, "399871"), (9, "520489")],
)
def test_one_time_codes_are_those_of_the_standard(counter: int, code: str) -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert second_factor.code_at(secret, counter) == code


@pytest.mark.parametrize(
    "password",
    ["Ashgrove2026!", "ashgroveclinic", "A-s-h-g-r-o-v-e 1", "clinic clinic", "Keepwell1!"],
)
def test_the_words_of_the_house_alone_are_refused(password: str) -> None:
    with pytest.raises(ValidationError, match="made of your organisation's name"):
        passwords.validate(password, ADA, houses=["Ashgrove Clinic"])


@pytest.mark.parametrize(
    "password", ["ashgrove paper lamp", "Ash tree 4 you and me", "four plain words together"]
)
def test_the_name_among_other_words_is_accepted_and_so_is_anothers(password: str) -> None:
    passwords.validate(password, ADA, houses=["Ashgrove Clinic", "The Bay of Pi"])
    passwords.validate("Ashgrove2026!", ADA, houses=["Cedar Practice"])
