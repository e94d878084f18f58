"""What signing in is made of: fields that hide, secrets nobody can work out, no end by time."""

import math
import random  # noqa: TID251  the generator that must not be used
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils.http import http_date

from keepwell.office.sign_in import forms
from keepwell.safeguards.identity import links, second_factor, sessions
from keepwell.safeguards.identity.models import LinkPurpose, SessionRecord, User
from keepwell.toolkit import clock
from tests.people import Clinic, Person, browser, browser_of, make_person
from tests.stores.session import Stores

YEAR = 365 * 86_400
FORMS = (
    forms.PasswordForm,
    forms.NewPasswordForm,
    forms.ChangePasswordForm,
    forms.AgainForm,
    forms.OwnPasswordForm,
    forms.SetUpForm,
)


@pytest.mark.parametrize("form", FORMS, ids=lambda one: str(one.__name__))
def test_fields_for_passwords_hide_what_is_typed_and_let_password_managers_fill_it(
    form: type[forms.PasswordForm],
) -> None:
    fields = {name: one for name, one in form.base_fields.items() if "Password" in repr(one.widget)}
    assert fields
    for field in fields.values():
        assert field.widget.input_type == "password"
        assert field.widget.attrs["autocomplete"] in {"current-password", "new-password"}
        assert not [name for name in field.widget.attrs if name.startswith("on")], "pasting works"
        assert not field.widget.attrs.get("readonly")


def test_a_password_does_not_end_by_time(ada: Person) -> None:
    with clock.moved(5 * YEAR):
        here = browser()
        here.post("/sign-in/", {"email": ada.email, "password": ada.password})
        answer = here.post("/sign-in/code/", {"code": ada.code()})
        assert answer["Location"] == "/", "and is not asked to be changed"


def test_no_account_comes_with_the_program(stores: Stores) -> None:
    assert not User.objects.exists()
    make_person("Ada")
    assert User.objects.exists(), "the look at the table sees one that is there"


def made_link() -> str:
    return links.make(LinkPurpose.SET_UP, lasts=timedelta(hours=1))


@pytest.mark.parametrize(
    "make", [second_factor.new_secret, sessions.open_session, made_link], ids=["app", "key", "link"]
)
def test_secrets_do_not_come_from_a_generator_that_can_be_set_back(
    stores: Stores, make: Callable[[], str]
) -> None:
    made = []
    for _time in range(2):
        random.seed(20_261_129)
        made.append(make())
    assert made[0] != made[1]


def test_recovery_codes_are_eight_digits_that_nobody_can_work_out(clinic: Clinic) -> None:
    made = []
    for _time in range(2):
        random.seed(20_261_129)
        second_factor.renew_codes(clinic.owner.user)
        made.append(clinic.owner.recovery_codes())
    assert not set(made[0]) & set(made[1])
    digits = ["".join(code.split()) for code in made[0] + made[1]]
    assert all(code.isdecimal() and len(code) == 8 for code in digits)
    assert math.log2(10**8) > 20


def test_a_sessions_key_has_128_random_bits_or_more(stores: Stores) -> None:
    keys = [sessions.open_session() for _ in range(200)]
    signs = set("".join(keys))
    assert {len(key) for key in keys} == {32}
    assert len(signs) == 36, "every sign is used"
    assert 32 * math.log2(len(signs)) > 128
    assert SessionRecord.objects.count() == len(set(keys))


def test_a_browsers_clock_makes_no_old_code_good(ada: Person) -> None:
    here = browser()
    here.post("/sign-in/", {"email": ada.email, "password": ada.password})
    then = {"date": http_date(clock.now_us() / 1_000_000 - 3600)}
    old = ada.code(steps=-120)
    assert here.post("/sign-in/code/", {"code": old}, headers=then).status_code == 422
    assert here.post("/sign-in/code/", {"code": ada.code()}, headers=then).status_code == 302


def test_a_password_of_the_houses_words_is_refused_wherever_one_is_chosen(
    clinic: Clinic, ada: Person
) -> None:
    made_of_the_house, other = "Ashgrove2026!", "a lamp in four words"
    joining = {"email": "noa@example.org", "house": clinic.organisation.name}
    for typed, is_taken in ((made_of_the_house, False), (other, True)):
        chosen = forms.NewPasswordForm({"password": typed}, user=ada.user)
        joined = forms.JoinForm({"password": typed, "name": "Noa"}, **joining)
        founded = forms.SetUpForm({"password": typed, "organisation": "Ashgrove Clinic"})
        for form in (chosen, joined, founded):
            assert ("password" not in form.errors) is is_taken, type(form)
    here = browser_of(ada)
    given = {"present": ada.password, "password": made_of_the_house}
    answer = here.post("/account/password/", given)
    assert answer.status_code == 422
    assert b"made of your organisation" in answer.content
