"""An invitation, from its letter to the first page: whoever accepts reaches nothing before."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from keepwell.jobs.models import Job
from keepwell.office.members import actions
from keepwell.safeguards.access.invitations import actions as invitations
from keepwell.safeguards.access.invitations.actions import LASTS
from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.models import Invitation, Membership
from keepwell.safeguards.access.queries import role_of
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.viewers import console
from keepwell.safeguards.audit.queries import page_of_entries
from keepwell.safeguards.identity.models import OneTimeLink, SessionRecord, User
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock
from tests.at_once import at_once
from tests.mailbox import Mailed, mailed
from tests.office.sign_in.test_enrolling import code_of, secret_on
from tests.people import (
    PASSWORD,
    Clinic,
    Person,
    accept_all,
    browser,
    browser_of,
    make_clinic,
    make_person,
)

BEN = "ben@example.org"
TYPED = {"name": "Ben Okafor", "password": PASSWORD}
LINK = re.compile(r"https://\S+(/join/\S+/)")


def invite(clinic: Clinic, email: str = BEN, role: Role = Role.MEMBER) -> Invitation:
    viewer = console(clinic.organisation.id, account="tests")
    whom = invitations.Invited(email=email, name="Ben", role=role, locations=None)
    return actions.invite(viewer, whom=whom, reason="He begins on Monday")


def letters_to(email: str = BEN) -> list[Mailed]:
    return [one for one in mailed() if one.to == email]


def link_to(email: str = BEN) -> str:
    found = LINK.search(letters_to(email)[-1].body)
    assert found
    return found[1]


def let_in(clinic: Clinic, email: str = BEN) -> None:
    viewer = console(clinic.organisation.id, account="tests")
    with wall.reading(clinic.organisation.id):
        pending = Membership.objects.get(user__email=email, ended__isnull=True)
    members.approve(viewer, membership=pending.pk, reason="Asked at the desk")
    user = User.objects.get(email=email)
    accept_all(Person(user, PASSWORD, "", clinic.organisation.id), Role(pending.role))


def kinds(clinic: Clinic) -> list[str]:
    viewer = console(clinic.organisation.id, account="tests")
    return [entry.kind for entry in page_of_entries(viewer, limit=50).entries]


def accept(link: str) -> tuple[Client, str]:
    """Choose a password, add the second step, keep the codes; return the app's secret too."""
    here = browser()
    assert here.post(link, TYPED)["Location"] == "/second-step/"
    secret = secret_on(here.get("/second-step/").content)
    here.post("/second-step/", {"code": code_of(secret)})
    assert here.post("/second-step/recovery-codes/")["Location"] == "/sign-in/waiting/"
    return here, secret


def sign_in(secret: str, email: str = BEN) -> tuple[Client, str]:
    """Sign in as somebody would, and return where that led."""
    here = browser()
    here.post("/sign-in/", {"email": email, "password": PASSWORD})
    return here, here.post("/sign-in/code/", {"code": code_of(secret)})["Location"]


def test_from_the_letter_to_the_first_page(clinic: Clinic) -> None:
    invite(clinic)
    here, secret = accept(link_to())
    assert here.get("/sign-in/waiting/").status_code == 200
    assert here.get("/account/")["Location"].startswith("/sign-in/")
    let_in(clinic)
    with clock.moved(60):
        there, address = sign_in(secret)
    assert address == "/"
    assert there.get("/account/").status_code == 200
    told = kinds(clinic)
    for kind in ("invitation:send", "invitation:accept", "member:approve"):
        assert f"access:{kind}" in told


def test_who_waits_reaches_a_kind_page_and_nothing_else(clinic: Clinic) -> None:
    invite(clinic, role=Role.OWNER)
    _here, secret = accept(link_to())
    with clock.moved(60):
        here, address = sign_in(secret)
        assert address == "/sign-in/waiting/"
        page = here.get(address)
        assert "lets you in" in page.content.decode()
        assert b'class="rail' not in page.content
        for path in ("/", "/account/", "/members/", "/trail/", "/persons/"):
            assert here.get(path)["Location"].startswith("/sign-in/"), path
    user = User.objects.get(email=BEN)
    assert role_of(user.pk, clinic.organisation.id) is None
    full = SessionRecord.objects.filter(user=user, stage="full")
    assert not full.exists()


def test_who_waits_is_nobody_even_with_a_whole_session(clinic: Clinic) -> None:
    invite(clinic, role=Role.OWNER)
    accept(link_to())
    user = User.objects.get(email=BEN)
    here = browser_of(Person(user, PASSWORD, "", clinic.organisation.id))
    assert here.get("/members/")["Location"].startswith("/sign-in/")
    assert here.get("/sign-in/").status_code == 200


def test_those_who_can_let_in_are_told_once_and_nobody_else(clinic: Clinic) -> None:
    clinic.add("Eve", Role.MEMBER)
    clinic.add("Abe", Role.ADMINISTRATOR)
    invite(clinic)
    accept(link_to())
    told = [one for one in mailed() if "waits to be let in" in one.subject]
    assert sorted(one.to for one in told) == ["abe@example.org", "ada@example.org"]
    assert all(BEN not in one.body and "Okafor" not in one.body for one in told)


def test_looking_at_the_link_uses_nothing_up(clinic: Clinic) -> None:
    invite(clinic)
    link = link_to()
    assert [browser().get(link).status_code for _ in range(3)] == [200] * 3
    assert browser().head(link).status_code == 200
    assert not User.objects.filter(email=BEN).exists()
    assert browser().post(link, TYPED).status_code == 302


def test_it_works_once(clinic: Clinic) -> None:
    invite(clinic)
    link = link_to()
    accept(link)
    assert browser().get(link).status_code == 410
    assert browser().post(link, TYPED).status_code == 410


def test_of_twenty_parallel_uses_one_wins(clinic: Clinic) -> None:
    invite(clinic)
    link = link_to()
    posts = [lambda: browser().post(link, TYPED) for _ in range(20)]
    won = [one for one in at_once(posts) if one.headers.get("Location") == "/second-step/"]
    assert len(won) == 1
    assert User.objects.filter(email=BEN).count() == 1
    with wall.reading(clinic.organisation.id):
        assert Membership.objects.filter(user__email=BEN).count() == 1


def test_it_runs_out_and_can_be_sent_again(clinic: Clinic) -> None:
    invitation = invite(clinic)
    old = link_to()
    with clock.moved(LASTS.total_seconds() + 1):
        assert browser().get(old).status_code == 410
        assert browser().post(old, TYPED).status_code == 410
        viewer = console(clinic.organisation.id, account="tests")
        actions.send_again(viewer, invitation=invitation.pk)
        assert browser().get(link_to()).status_code == 200
        assert browser().get(old).status_code == 410


def test_sent_again_the_earlier_link_is_gone_at_once(clinic: Clinic) -> None:
    invitation = invite(clinic)
    old = link_to()
    actions.send_again(console(clinic.organisation.id, account="tests"), invitation=invitation.pk)
    assert browser().post(old, TYPED).status_code == 410


def test_nonsense_is_answered_like_a_used_link(clinic: Clinic) -> None:
    assert browser().get("/join/nonsense/").status_code == 410
    assert browser().post("/join/nonsense/", TYPED).status_code == 410


def test_only_a_hash_of_the_link_is_kept_and_no_job_knows_it(clinic: Clinic) -> None:
    invite(clinic)
    token = link_to().split("/")[-2]
    assert len(token) >= 43  # 256 bits, base64
    assert token not in str(list(OneTimeLink.objects.values()))
    assert token not in str(list(Job.objects.values()))
    browser().get(f"/join/{token}/")
    assert token not in str(list(SessionRecord.objects.values()))


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host"])
def test_the_link_leads_to_the_configured_address_whatever_a_request_says(
    clinic: Clinic, header: str, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    ada = browser_of(clinic.owner)
    typed = {"email": BEN, "name": "Ben", "role": "member", "reason": "Begins on Monday"}
    ada.post("/members/invite/", typed, headers={header: "evil.example"})
    [letter] = letters_to()
    assert "evil.example" not in letter.body + letter.html
    assert f"{settings.KEEPWELL_STAFF_URL}/join/" in letter.body


@pytest.mark.parametrize(
    "wrong", [{"password": "short"}, {"password": "password"}, {"name": ""}, {"password": ""}]
)
def test_the_rules_of_passwords_hold_and_the_link_still_works(
    clinic: Clinic, wrong: dict[str, str]
) -> None:
    invite(clinic)
    link = link_to()
    assert browser().post(link, TYPED | wrong).status_code == 422
    assert browser().post(link, TYPED).status_code == 302


# Somebody who has an account already.


@pytest.fixture
def cy() -> Person:
    """Found Cedar Practice, which Cy owns."""
    return make_clinic("Cedar Practice", "Cy").owner


def test_inviting_an_address_that_has_an_account_elsewhere_looks_the_same(
    clinic: Clinic, cy: Person
) -> None:
    ada = browser_of(clinic.owner)
    said, bodies = [], []
    for name, email in (("Xi", "xi@example.org"), ("Cy", cy.email)):
        typed = {"email": email, "name": name, "role": "member", "reason": "Helps out"}
        answer = ada.post("/members/invite/", typed, follow=True)
        said += [(answer.redirect_chain, notices(answer.content.decode()).replace(name, "NAME"))]
        bodies += [LINK.sub("LINK", letters_to(email)[-1].body.replace(name, "NAME"))]
    assert said[0] == said[1]
    assert "NAME is invited" in said[0][1]
    assert bodies[0] == bodies[1]


def notices(page: str) -> str:
    return " ".join(re.findall(r'<div class="notice.*?</div></div>', page, re.DOTALL))


def test_one_sign_in_joins_a_second_organisation_and_keeps_the_first(
    clinic: Clinic, cy: Person
) -> None:
    invite(clinic, email=cy.email)
    link, here = link_to(cy.email), browser()
    assert "account already" in here.get(link).content.decode()
    assert here.post(link)["Location"] == "/sign-in/"
    here.post("/sign-in/", {"email": cy.email, "password": PASSWORD})
    assert here.post("/sign-in/code/", {"code": cy.code()})["Location"] == "/sign-in/waiting/"
    assert "/sign-in/organisation/" in here.get("/sign-in/waiting/").content.decode()
    assert browser().get(link).status_code == 410
    assert role_of(cy.user.pk, clinic.organisation.id) is None
    let_in(clinic, cy.email)
    assert role_of(cy.user.pk, clinic.organisation.id) is Role.MEMBER
    assert cy.organisation
    assert role_of(cy.user.pk, cy.organisation) is Role.OWNER


def test_a_colleagues_half_done_sign_in_on_the_same_browser_does_not_lose_the_invitation(
    clinic: Clinic, cy: Person
) -> None:
    invite(clinic, email=cy.email)
    link, here = link_to(cy.email), browser()
    here.post("/sign-in/", {"email": clinic.owner.email, "password": PASSWORD})
    assert here.post(link)["Location"] == "/sign-in/"
    assert here.get("/sign-in/code/").status_code == 302, "the half-done one is over"
    here.post("/sign-in/", {"email": cy.email, "password": PASSWORD})
    assert here.post("/sign-in/code/", {"code": cy.code()})["Location"] == "/sign-in/waiting/"


def test_the_password_alone_joins_nothing(clinic: Clinic, cy: Person) -> None:
    invite(clinic, email=cy.email)
    link, here = link_to(cy.email), browser()
    here.post(link)
    here.post("/sign-in/", {"email": cy.email, "password": PASSWORD})
    here.post("/sign-in/code/", {"code": "000000"})
    assert browser().get(link).status_code == 200


def test_somebody_elses_sign_in_does_not_take_the_invitation(clinic: Clinic, cy: Person) -> None:
    eve = make_clinic("Elm House", "Eve").owner
    invite(clinic, email=cy.email)
    link, here = link_to(cy.email), browser()
    here.post(link)
    here.post("/sign-in/", {"email": eve.email, "password": PASSWORD})
    assert here.post("/sign-in/code/", {"code": eve.code()})["Location"] == "/"
    with wall.reading(clinic.organisation.id):
        assert not Membership.objects.filter(user=eve.user).exists()
    assert browser().get(link).status_code == 200


def test_who_is_signed_in_with_both_steps_joins_by_one_button(clinic: Clinic, cy: Person) -> None:
    invite(clinic, email=cy.email)
    link, here = link_to(cy.email), browser_of(cy)
    assert here.post(link)["Location"] == "/sign-in/waiting/"
    assert "Go on with your other work" in here.get("/sign-in/waiting/").content.decode()
    assert here.get("/account/").status_code == 200


def test_who_is_signed_in_with_another_account_is_asked_to_sign_out(
    clinic: Clinic, cy: Person
) -> None:
    invite(clinic, email=cy.email)
    link, here = link_to(cy.email), browser_of(clinic.owner)
    assert "another account" in here.get(link).content.decode()
    assert "another account" in here.post(link).content.decode()
    assert browser().get(link).status_code == 200


def test_a_closed_account_joins_nothing(clinic: Clinic) -> None:
    person = make_person("Ben")
    User.objects.filter(pk=person.user.pk).update(is_active=False)
    invite(clinic)
    here = browser()
    here.post(link_to())
    answer = here.post("/sign-in/", {"email": BEN, "password": PASSWORD})
    assert answer.status_code == 422


def test_a_withdrawn_invitation_writes_no_letter(clinic: Clinic) -> None:
    invitation = invite(clinic)
    invitations.withdraw(console(clinic.organisation.id, account="tests"), invitation=invitation.pk)
    assert letters_to() == []


def test_the_letter_names_no_hours_it_does_not_have(clinic: Clinic) -> None:
    invite(clinic)
    with clock.moved(timedelta(hours=70).total_seconds()):
        [letter] = letters_to()
    assert "within 2 hours" in letter.body
