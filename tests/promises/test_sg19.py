"""SG19: no mail ever holds anything of a patient. Every mail Keepwell can send is sent here."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from django.test import Client

import keepwell
from keepwell.jobs import queue
from keepwell.office.elevations import actions as elevations
from keepwell.office.emergencies import actions as emergencies
from keepwell.office.mail.letters import Need, letters
from keepwell.office.members import actions as members
from keepwell.office.members.letters import MemberLetter
from keepwell.office.officers import actions as officers
from keepwell.office.second_steps import actions as second_steps
from keepwell.office.second_steps.letters import SecondStepLetter
from keepwell.office.sign_in import mail
from keepwell.office.sign_in.letters import AccountLetter
from keepwell.office.summaries import actions as summaries
from keepwell.office.summaries.jobs import write_summary
from keepwell.office.summaries.letters import SUMMARY
from keepwell.office.tasks import write_checkpoint, write_of_second_step, write_to_member
from keepwell.office.two_persons import actions as two_persons
from keepwell.office.two_persons.acts import EXPORT_TRAIL
from keepwell.safeguards.access.duties import Duty
from keepwell.safeguards.access.elevations.queries import to_decide
from keepwell.safeguards.access.members.queries import Standing, members_in
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.queries import members_as
from keepwell.safeguards.access.replacements.actions import IdentityCheck
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.viewers import console
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.audit.events import AuditEvent
from keepwell.safeguards.identity import second_factor, sessions
from keepwell.safeguards.monitoring import watch
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit.clock import now
from tests.jobs.doing import do_all
from tests.mailbox import Mailed, mailed
from tests.office.mornings import at_hour
from tests.office.sign_in.test_joining import BEN, accept, invite, link_to
from tests.people import PASSWORD, Clinic, Person, browser, browser_of
from tests.products.forms.pages.patients import ABOUT_PAT, Patient, author, reference_in

SOURCE = Path(keepwell.__file__).parent
ABOUT_MEMBERS = {"approved", "invitation", "officer", "waiting"}
ABOUT_ACCESS = {
    "elevation-approved",
    "elevation-asked",
    "elevation-ended",
    "elevation-refused",
    "emergency",
    "proposal",
    "proposal-alone",
    "proposal-confirmed",
}
MAILS = {
    "alert",
    "checkpoint",
    "device_trusted",
    "factor",
    "factor_link",
    "factor_link_of_owner",
    "factor_removed",
    "new_device",
    "passkey_added",
    "password",
    "recovery_code",
    "report-shared",
    "reset",
    "summary",
    "test",
    "trail-shared",
    "second_step_confirmed",
    "second_step_link",
    "second_step_started",
    "second_step_stopped",
    "second_step_stopped_of_colleague",
} | (ABOUT_MEMBERS | ABOUT_ACCESS)
SENDER = "safeguards/mail/smtp.py"
WAYS_OUT = re.compile(r"import smtplib|from django\.core\.mail|from django\.core import mail")


def canaries(pat: Patient) -> list[str]:
    """Return what stands for Pat in any spelling, and the way to what Pat wrote."""
    reference = reference_in(pat.text)
    return [*ABOUT_PAT["Full name"].split(), "1951", reference, ABOUT_PAT["E-mail address"]]


def sign_in(person: Person) -> Client:
    here = browser()
    here.post("/sign-in/", {"email": person.email, "password": person.password})
    return here


def send_every_mail(ada: Person) -> None:
    """Do what makes Keepwell write: recovery code, new app, changed and forgotten password."""
    second_factor.renew_codes(ada.user)
    recovery_code = ada.recovery_codes()[0]
    second_factor.keep_codes(ada.user)
    sign_in(ada).post("/sign-in/recovery-code/", {"code": recovery_code})
    here = browser_of(ada)
    here.post("/account/again/app/", {"password": ada.password, "code": ada.code()})
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", here.get("/account/app/").content.decode())
    assert found
    code = second_factor.code_at(found[1].replace(" ", ""), second_factor.current_counter())
    here.post("/account/app/", {"code": code})
    changed = {"present": PASSWORD, "password": "another four plain words"}
    browser_of(ada).post("/account/password/", changed)
    browser().post("/password/forgotten/", {"email": ada.email})


def invite_and_let_in(clinic: Clinic) -> None:
    """Let a colleague come: an invitation, word to the owner, word to the colleague."""
    invite(clinic)
    accept(link_to())
    mailed()
    viewer = console(clinic.organisation.id, account="tests")
    [waiting] = members_in(viewer, Standing.WAITING).rows
    members.approve(viewer, membership=waiting.pk, reason="Asked at the desk")


def raise_access(clinic: Clinic, pats: str) -> None:
    """Name an officer, break the glass, ask and propose; each reason speaks of Pat."""
    with wall.writing(clinic.organisation.id):  # whoever came today is no second person
        Membership.objects.update(approved=now() - timedelta(days=2))
    two_persons.propose(author(clinic), act=EXPORT_TRAIL, about={"form": "csv"}, reason=pats)
    owner, abe = author(clinic), clinic.add("Abe", Role.ADMINISTRATOR)
    dee = clinic.add("Dee", Role.AUDITOR)
    by_account = {row.user_id: row.pk for row in members_as(owner, list(Role))}
    for duty in Duty:
        officers.name_officer(owner, duty=duty, membership=by_account[abe.user.pk], reason=pats)
    browser_of(dee)
    session = sessions.standing_of(dee.user)[0].pk
    asker = replace(owner, actor=dee.user.pk, role=Role.AUDITOR.value, session=session)
    emergencies.begin(asker, reason=pats)
    for permission in ("submission:open", "person:open"):
        elevations.ask(asker, permissions=[permission], minutes=60, reason=pats)
    [first, second] = to_decide(owner)
    elevations.approve(owner, elevation=first.pk, reason=pats)
    elevations.withdraw(owner, elevation=first.pk, reason=pats)
    elevations.refuse(owner, elevation=second.pk, reason=pats)
    made = two_persons.propose(asker, act=EXPORT_TRAIL, about={"form": "jsonl"}, reason=pats)
    two_persons.confirm(owner, proposal=made.pk, reason=pats)


def replace_a_lost_phone(clinic: Clinic) -> None:
    """Start it for Ben, confirm it, stop it; the reason names a patient, as reasons may."""
    organisation, ada = clinic.organisation.id, clinic.owner.user
    viewer = Viewer(
        kind=ViewerKind.MEMBER, organisation=organisation, actor=ada.pk, role=Role.OWNER
    )
    [ben] = [row for row in members_as(viewer, list(Role)) if row.user_id != ada.pk]
    reason = f"Seen while {ABOUT_PAT['Full name']} waited"
    second_steps.start(viewer, membership=ben.pk, check=IdentityCheck.IN_PERSON, reason=reason)
    queue.put(
        write_of_second_step,
        organisation=organisation,
        account=ben.user_id,
        letter=SecondStepLetter.CONFIRMED,
    )
    mailed()
    second_steps.stop(viewer, membership=ben.pk)
    mailed()


def alert_and_share(clinic: Clinic) -> None:
    """Let an export of the trail alert the officers, and share a report with one of them."""
    organisation = clinic.organisation.id
    watch.look(organisation)  # from here on
    record_now(author(clinic), AuditEvent.TRAIL_EXPORT, reason=ABOUT_PAT["Full name"])
    writer.settle(organisation)
    watch.look(organisation)
    for letter in (MemberLetter.REPORT_SHARED, MemberLetter.TRAIL_SHARED):
        queue.put(
            write_to_member, organisation=organisation, account=clinic.owner.user.pk, letter=letter
        )


def summarise(clinic: Clinic) -> None:
    """Write in the morning to the owner what waits: Pat's form among it."""
    summaries.choose(author(clinic))
    with at_hour(8) as day:
        queue.put(
            write_summary,
            organisation=clinic.organisation.id,
            account=clinic.owner.user.pk,
            day=day.toordinal(),
        )
        do_all()


def tell_of_devices(ada: Person) -> None:
    """Tell of a browser not seen before, and of passkeys that come and go."""
    mail.tell(ada.user, AccountLetter.PASSKEY_ADDED)
    mail.tell(ada.user, AccountLetter.FACTOR_REMOVED)
    mail.tell(ada.user, AccountLetter.DEVICE_TRUSTED)
    browser_of(ada)
    mail.tell_of_new_device(ada.user, sessions.standing_of(ada.user)[0])


def test_sg19_no_mail_holds_anything_of_a_patient(clinic: Clinic, pat: Patient) -> None:
    pat.send()
    browser_of(clinic.owner).get("/inbox/")
    send_every_mail(clinic.owner)
    browser_of(clinic.owner).post("/mail/test/")
    queue.put(write_checkpoint, organisation=clinic.organisation.id, account=clinic.owner.user.pk)
    invite_and_let_in(clinic)
    replace_a_lost_phone(clinic)
    raise_access(clinic, ABOUT_PAT["Full name"])
    alert_and_share(clinic)
    tell_of_devices(clinic.owner)
    eve = clinic.add("Eve", Role.OWNER)
    mail.tell_of_factor_link(clinic.owner.user)
    summarise(clinic)
    sent = mailed()
    assert len({one.subject for one in sent}) == len(MAILS)
    colleagues = {"abe@example.org", "dee@example.org"}
    assert {one.to for one in sent} == {clinic.owner.email, eve.email, BEN} | colleagues
    written = [f"{one.subject}\n{one.body}\n{one.html}\n{one.raw.decode()}" for one in sent]
    for canary in canaries(pat):
        # A number alone may stand in a message's boundary or in a hash by chance, among others.
        around = r"\b" if canary.isdigit() else ""
        holding = re.compile(f"{around}{re.escape(canary)}{around}")
        assert [text for text in written if holding.search(text)] == [], canary
    assert not any("Content-Disposition" in text for text in written)
    assert {one.subject for one in sent if is_stopped_by_one_click(one)} == {SUMMARY.subject}


def is_stopped_by_one_click(message: Mailed) -> bool:
    """Tell whether a message has the headers of RFC 8058; half of them is nobody's."""
    raw = message.raw.decode()
    address = re.search(r"^List-Unsubscribe: <https://[^>\s]+>\r?$", raw, re.MULTILINE)
    post = "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in raw
    assert bool(address) is post is ("unsubscribe" in raw.lower())
    return post


def test_sg19_every_letter_is_necessary_or_is_sent_only_to_those_who_chose_it() -> None:
    assert {one.code for one in letters() if one.need is Need.CHOSEN} == {"summary"}
    assert all(one.need.why for one in letters())


def test_sg19_there_are_no_mails_but_those() -> None:
    assert {letter.code for letter in letters()} == MAILS
    folders = SOURCE.rglob("templates")
    found = {
        str(path.relative_to(folder))
        for folder in folders
        for path in folder.rglob("*.txt")
        if "mail" in path.parts
    }
    assert found == {letter.template for letter in letters()}
    senders = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if re.search(
            r"import smtplib|from django\.core\.mail|from django\.core import mail",
            path.read_text(encoding="utf-8"),
        )
    }
    assert senders == {SENDER}
