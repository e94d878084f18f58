"""A lost second step: a link from the console, never a way around what is there."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from keepwell.office.sign_in import mail
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.viewers import console
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.payloads import Payload
from keepwell.safeguards.audit.queries import page_of_entries
from keepwell.safeguards.identity import links, replacing, second_factor, sessions
from keepwell.safeguards.identity.models import LinkPurpose, OneTimeLink, Stage
from keepwell.toolkit import clock
from tests.at_once import at_once
from tests.mailbox import mailed
from tests.people import Clinic, Person, browser, browser_of, make_clinic

REASON = "Phone stolen, codes burnt; seen in person"
NEW = "/second-step/new/"


@pytest.fixture
def link(ada: Person) -> str:
    return replacing.order(ada.user, account="ines", reason=REASON)


def payloads(clinic: Clinic, kind: str) -> list[Payload]:
    writer.stop()
    viewer = console(clinic.organisation.id, account="tests")
    found = page_of_entries(viewer, kinds=[kind], limit=50).entries
    return [entry.payload for entry in found if entry.payload]


def with_password(link: str, person: Person) -> Client:
    here = browser()
    assert here.get(link).status_code == 200
    answer = here.post(link, {"password": person.password})
    assert (answer.status_code, answer["Location"]) == (302, NEW)
    return here


def shown_secret(here: Client) -> str:
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", here.get(NEW).content.decode())
    assert found
    return found[1].replace(" ", "")


def code_of(secret: str, steps: int = 0) -> str:
    return second_factor.code_at(secret, second_factor.current_counter() + steps)


def test_from_the_link_to_password_new_app_new_codes_and_in(
    clinic: Clinic, ada: Person, link: str
) -> None:
    here = with_password(link, ada)
    secret = shown_secret(here)
    assert here.get(f"{NEW}qr.svg")["Content-Type"] == "image/svg+xml"
    answer = here.post(NEW, {"code": code_of(secret)})
    assert answer["Location"] == "/second-step/recovery-codes/"
    assert here.post("/second-step/recovery-codes/")["Location"] == "/"
    assert here.get("/").status_code == 200
    assert second_factor.use_code(ada.user, ada.code()) != "accepted", "the lost app opens nothing"
    assert len(payloads(clinic, "identity:factor:replace")) == 1
    assert [one.subject for one in mailed()] == ["Your second step for Keepwell was changed"]
    assert browser().get(link).status_code == 410


def test_the_old_second_step_counts_until_the_new_one_is_in_place(ada: Person, link: str) -> None:
    here = with_password(link, ada)
    assert here.post(NEW, {"code": "000000"}).status_code == 422
    assert here.post(NEW, {"code": code_of(shown_secret(here), -1)}).status_code == 422
    assert second_factor.use_code(ada.user, ada.code()) == "accepted"


def test_the_link_opens_nothing_without_the_password(ada: Person, link: str) -> None:
    here = browser()
    assert here.post(link, {"password": "not this one"}).status_code == 422
    for path in (NEW, f"{NEW}qr.svg", "/", "/second-step/"):
        assert here.get(path)["Location"].startswith("/sign-in/"), path
    assert second_factor.use_code(ada.user, ada.code()) == "accepted"


def test_guessing_at_the_password_there_is_slowed_as_at_the_door(ada: Person, link: str) -> None:
    here = browser()
    told = [here.post(link, {"password": f"guess {one}"}).status_code for one in range(6)]
    assert told == [422] * 5 + [429]


def test_the_password_alone_reaches_no_new_second_step(ada: Person) -> None:
    here = browser()
    here.post("/sign-in/", {"email": ada.email, "password": ada.password})
    assert here.get(NEW)["Location"] == "/sign-in/code/"
    assert here.get(f"{NEW}qr.svg").status_code == 404
    assert here.post(NEW, {"code": "000000"})["Location"] == "/sign-in/code/"


def test_another_accounts_password_does_not_go_with_the_link(clinic: Clinic, link: str) -> None:
    ben = clinic.add("Ben", Role.MEMBER)
    here = browser()
    here.post("/sign-in/", {"email": ben.email, "password": ben.password})
    token = urlsplit(link).path.split("/")[-2]
    found = links.find(LinkPurpose.REPLACE_FACTOR, token)
    assert found is not None
    assert links.standing(LinkPurpose.REPLACE_FACTOR, found.pk, ben.user) is None
    assert here.get(NEW)["Location"] == "/sign-in/code/"


def test_ordering_it_ends_every_session_and_is_on_the_trail_with_the_account(
    clinic: Clinic, ada: Person
) -> None:
    signed_in = browser_of(ada)
    on_the_way = browser_of(ada, stage=Stage.PASSWORD)
    replacing.order(ada.user, account="ines", reason=REASON)
    assert signed_in.get("/").status_code == 302
    assert on_the_way.get("/sign-in/code/")["Location"].startswith("/sign-in/?")
    assert sessions.standing_of(ada.user) == []
    [ordered] = payloads(clinic, "identity:factor:reset")
    assert (ordered.viewer_kind, ordered.account, ordered.reason) == ("console", "ines", REASON)
    assert ordered.subjects[0].ids == (ada.user.pk,)
    [ended] = payloads(clinic, "identity:session:end")
    assert (ended.account, ended.detail) == ("ines", {"because": "factor-changed"})


def test_the_owner_and_the_other_owners_are_told_without_a_link_or_a_name(
    clinic: Clinic, ada: Person, link: str
) -> None:
    other = clinic.add("Eve", Role.OWNER)
    clinic.add("Ben", Role.ADMINISTRATOR)
    make_clinic("Cedar Practice", "Cy")
    mail.tell_of_factor_link(ada.user)
    told = {one.to: one for one in mailed()}
    assert set(told) == {ada.email, other.email}
    assert "just made a link" in told[ada.email].body
    assert "another owner of Ashgrove Clinic" in told[other.email].body
    assert ada.user.name not in told[other.email].body
    token = urlsplit(link).path.split("/")[-2]
    assert all(token not in one.body + one.html for one in told.values())


def test_a_newer_link_takes_the_place_of_the_older_also_for_who_had_begun(
    ada: Person, link: str
) -> None:
    here = with_password(link, ada)
    newer = replacing.order(ada.user, account="ines", reason=REASON)
    assert here.get(NEW).status_code == 302
    assert browser().get(link).status_code == 410
    assert browser().get(newer).status_code == 200


def test_it_runs_out_after_an_hour(ada: Person, link: str) -> None:
    with clock.moved(timedelta(hours=1).total_seconds() + 1):
        assert browser().get(link).status_code == 410
        assert browser().post(link, {"password": ada.password}).status_code == 410


def test_looking_at_it_uses_nothing_up_and_only_a_hash_is_kept(link: str) -> None:
    assert [browser().get(link).status_code for _ in range(3)] == [200] * 3
    assert urlsplit(link).path.split("/")[-2] not in str(list(OneTimeLink.objects.values()))


def test_of_several_who_follow_it_at_once_one_replaces(ada: Person, link: str) -> None:
    here = [with_password(link, ada) for _ in range(4)]
    codes = [(one, code_of(shown_secret(one))) for one in here]

    def post(one: Client, code: str) -> Any:
        return one.post(NEW, {"code": code}).status_code

    acts = [lambda one=one, code=code: post(one, code) for one, code in codes]
    outcomes = at_once(acts)
    assert len(second_factor.unkept_codes(ada.user)) == 10
    assert len([one for one in codes if second_factor.use_code(ada.user, one[1]) == "used"]) == 1
    assert outcomes.count(302) >= 1
    assert OneTimeLink.objects.filter(purpose="factor", used__isnull=False).count() == 1
