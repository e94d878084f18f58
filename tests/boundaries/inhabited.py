"""An organisation with one of everything an address can name, and the address of every route.

A route with a parameter that nobody has said anything about fails these tests until somebody puts
what it names into the clinic below.
"""

import hashlib
import io
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.urls import reverse
from PIL import Image

from keepwell.jobs import queue
from keepwell.office.sign_in.letters import AccountLetter
from keepwell.office.tasks import write_about_account
from keepwell.office.trail import actions as trail
from keepwell.office.trail.filters import Filters
from keepwell.office.two_persons.acts import EXPORT_TRAIL
from keepwell.products.forms.models import Attachment, Form, FormLink, Submission
from keepwell.safeguards.access import viewers
from keepwell.safeguards.access.elevations import actions as elevations
from keepwell.safeguards.access.emergencies import actions as emergencies
from keepwell.safeguards.access.invitations import actions as invitations
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.networks import actions as network_actions
from keepwell.safeguards.access.proposals import actions as proposals
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.routes import Route
from keepwell.safeguards.audit import queries, writer
from keepwell.safeguards.consent.mailings import links as mailings
from keepwell.safeguards.consent.notices import actions as notices
from keepwell.safeguards.consent.notices import queries as notice_queries
from keepwell.safeguards.consent.notices.days import today_at
from keepwell.safeguards.identity import links, passkeys, sessions, trusts
from keepwell.safeguards.identity.models import LinkPurpose
from keepwell.safeguards.monitoring import watch
from keepwell.safeguards.monitoring.models import Alert
from keepwell.safeguards.persons import actions as persons
from keepwell.safeguards.persons import exports, reports
from keepwell.safeguards.persons.handed.actions import giving
from keepwell.safeguards.persons.models import Person as PersonRow
from keepwell.safeguards.persons.outside import actions as outside
from keepwell.safeguards.persons.shares import actions as shares
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Location
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit import clock
from tests.people import Clinic, Person, browser_of, make_clinic
from tests.products.forms.pages.patients import ABOUT_PAT, Patient, author, publish
from tests.softkey import SoftKey

REASON = "The same person, seen at the desk"
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
NUMBERS = {"number": 1, "index": 0}
WORDS = {"code": "reset", "duty": "security", "language": "en", "reason": "app"}
LETTER = b"%PDF-1.4 a letter"


@dataclass(frozen=True)
class Inhabited:
    """A clinic, one of everything in it, and Pat's browser with a half-filled form."""

    clinic: Clinic
    token: str
    patient: Patient
    ids: dict[str, UUID]
    digest: str
    one_time: dict[str, str] = field(default_factory=dict)

    def address(self, route: Route, **instead: Any) -> str:
        """Return the address of a route in this clinic, with some values put in place of ours."""
        given = {name: self._value(route, name) for name in PARAMETER.findall(route.path)}
        return reverse(route.name, kwargs=given | instead)

    def _value(self, route: Route, name: str) -> Any:
        if name == "token":
            return self.one_time.get(route.name, self.token)
        said: dict[str, Any] = {**self.ids, **NUMBERS, **WORDS, "digest": self.digest}
        return said[name]

    @property
    def trail_size(self) -> int:
        """Return how many entries the trail has, once everything that waits is on it."""
        writer.stop()
        return queries.state(author(self.clinic)).size


def inhabit(name: str, owner: str) -> Inhabited:
    """Found a clinic and let everything happen there once."""
    clinic = make_clinic(name, owner)
    digest = _logo(clinic)
    token = publish(clinic)
    for _ in range(3):
        _sent(Patient(token))
    half = Patient(token)
    half.open()
    half.begin()
    half.answer(ABOUT_PAT)
    ids = _ids(clinic) | _joined(clinic)
    ids |= _members(clinic)
    ids |= _raised(clinic)
    ids |= {"view_id": _view(clinic), "alert_id": _alert(clinic)}
    ids |= {"report_id": _report(clinic, ids["person_id"])}
    ids["share_id"] = _share(clinic, ids["person_id"], ids["report_id"])
    ids["extract_id"] = _extract(clinic)
    ids["handed_id"], handed_token = _handed(clinic, ids["person_id"], ids["report_id"])
    ids["disclosure_id"] = _disclosed(clinic, ids["person_id"])
    ids["order_id"] = exports.order(author(clinic), person=ids["person_id"], reason=REASON)
    ids |= {"job_id": _job(clinic), "session_id": _other_session(clinic)}
    ids |= {"network_id": _network(clinic), "location_id": _location(clinic)}
    ids["passkey_id"] = _passkey(clinic)
    ids["trust_id"] = _trust(clinic)
    _notice(clinic)
    one_time = _one_time(clinic, ids["invitation_id"])
    one_time |= dict.fromkeys(("handed:close", "handed:pdf", "handed:report"), handed_token)
    return Inhabited(clinic, token, half, ids, digest, one_time)


def id_names(route: Route) -> list[str]:
    """Return the parameters of a route that name a row."""
    return [name for name in PARAMETER.findall(route.path) if name.endswith("_id")]


def _logo(clinic: Clinic) -> str:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(picture, "PNG")
    kept = picture.getvalue()
    clinic.organisation.logo = kept
    with wall.writing(clinic.organisation.id):
        clinic.organisation.save()
    return hashlib.sha256(kept).hexdigest()[:16]


def _sent(patient: Patient) -> None:
    patient.open()
    patient.begin()
    patient.answer(ABOUT_PAT)
    patient.answer({"Do you smoke?": "no"})
    name = patient.name_of("Add a letter")
    file: Any = SimpleUploadedFile("letter.pdf", LETTER)
    patient.answer({}, **{name: file})
    assert patient.send().status_code == 200
    assert "KW-" in patient.text


def _ids(clinic: Clinic) -> dict[str, UUID]:
    with wall.reading(clinic.organisation.id):
        sent = Submission.objects.order_by("pk")[0]
        return {
            "organisation_id": clinic.organisation.id,
            "form_id": Form.objects.get().pk,
            "link_id": FormLink.objects.get().pk,
            "submission_id": sent.pk,
            "file_id": Attachment.objects.get(person=sent.person_id).pk,
        }


def _job(clinic: Clinic) -> UUID:
    return queue.put(
        write_about_account,
        organisation=clinic.organisation.id,
        account=clinic.owner.user.pk,
        letter=AccountLetter.TEST,
    )


def _network(clinic: Clinic) -> UUID:
    """Allow the network that every browser of these tests is in."""
    viewer = viewers.console(clinic.organisation.id, account="tests")
    return network_actions.add(viewer, network="198.51.100.0/24", name="Front desk").pk


def _notice(clinic: Clinic) -> None:
    """Publish a notice, and begin to write the next version."""
    viewer, today = author(clinic), today_at(clinic.organisation)
    for text in ("We keep what you tell us.", "We keep what you tell us, sealed."):
        wording = notices.Wording(language="en", title="Notice of Privacy Practices", text=text)
        notices.write(viewer, wording=wording)
        if notice_queries.standing(viewer).newest is None:
            notices.publish(viewer, effective=today)


def _location(clinic: Clinic) -> UUID:
    """Return where the clinic works from its first day."""
    with wall.reading(clinic.organisation.id):
        first: Location = Location.objects.get()
    return first.pk


def _joined(clinic: Clinic) -> dict[str, UUID]:
    with wall.reading(clinic.organisation.id):
        first, second, third = PersonRow.objects.order_by("pk")
    join = persons.join(author(clinic), person=third.pk, into=first.pk, reason=REASON)
    return {"person_id": first.pk, "other_id": second.pk, "join_id": join.pk}


def _report(clinic: Clinic, person: UUID) -> UUID:
    until = clock.now()
    since = until - timedelta(days=1)
    return reports.order(author(clinic), person=person, since=since, until=until, reason=REASON)


def _share(clinic: Clinic, person: UUID, report: UUID) -> UUID:
    """Let the owner hold a shared report, as a colleague would."""
    viewer = viewers.console(clinic.organisation.id, account="tests")
    row, _ = shares.share(
        viewer,
        person=person,
        report=report,
        colleague=clinic.owner.user.pk,
        days=7,
        reason=REASON,
    )
    return row.pk


def _extract(clinic: Clinic) -> UUID:
    """Let the owner hold a shared part of the trail, as a colleague would."""
    row = trail.share(
        viewers.console(clinic.organisation.id, account="tests"),
        filters=Filters.of(QueryDict("kind=forms"), ZoneInfo(clinic.organisation.time_zone)),
        colleague=clinic.owner.user.pk,
        days=7,
        reason=REASON,
    )
    return row.pk


def _handed(clinic: Clinic, person: UUID, report: UUID) -> tuple[UUID, str]:
    """Hand the report to the person it is about."""
    viewer = viewers.console(clinic.organisation.id, account="tests")
    made = giving.hand(viewer, person=person, report=report, days=7, reason=REASON)
    return made.row.pk, made.token


def _disclosed(clinic: Clinic, person: UUID) -> UUID:
    return outside.note(
        author(clinic),
        person=person,
        made=clock.now().date(),
        recipient="County health department",
        what="One culture",
        purpose="Reportable disease",
    ).pk


def _view(clinic: Clinic) -> UUID:
    return trail.save_view(author(clinic), name="Openings", asked="kind=opened").pk


def _passkey(clinic: Clinic) -> UUID:
    user, challenge = clinic.owner.user, "A" * 43
    options = {"publicKey": {"challenge": challenge, "user": {"id": "AAAA"}}}
    made = passkeys.add(
        user, challenge=challenge, answer=SoftKey().make(options), name="Front desk"
    )
    assert made is not None
    return made.pk


def _trust(clinic: Clinic) -> UUID:
    row, _secret = trusts.add(RequestFactory().get("/"), clinic.owner.user, days=7)
    return row.pk


def _other_session(clinic: Clinic) -> UUID:
    browser_of(clinic.owner)
    return sessions.standing_of(clinic.owner.user)[0].pk


def _members(clinic: Clinic) -> dict[str, UUID]:
    """Let a colleague work here and invite another."""
    owner = clinic.owner.user.name
    mia = clinic.add(f"Mia-of-{owner}", Role.MEMBER)
    invitation = invitations.invite(
        author(clinic),
        whom=invitations.Invited(
            email=f"noa-of-{owner}@example.org", name="Noa", role=Role.MEMBER, locations=None
        ),
        reason="She begins on Monday",
    )
    with wall.reading(clinic.organisation.id):
        membership = Membership.objects.get(user=mia.user)
    return {"membership_id": membership.pk, "invitation_id": invitation.pk}


def _raised(clinic: Clinic) -> dict[str, UUID]:
    """Let an administrator ask for more, and another break the glass."""
    owner = clinic.owner.user.name
    abe, ira = (clinic.add(f"{one}-of-{owner}", Role.ADMINISTRATOR) for one in ("Abe", "Ira"))
    asked, _ = elevations.ask(
        _as(clinic, abe), permissions=["submission:list"], minutes=60, reason=REASON
    )
    begun, _ = emergencies.begin(_as(clinic, ira), reason=REASON)
    made, _ = proposals.propose(_as(clinic, ira), act=EXPORT_TRAIL, about={}, reason=REASON)
    return {"elevation_id": asked.pk, "emergency_id": begun.pk, "proposal_id": made.pk}


def _alert(clinic: Clinic) -> UUID:
    """Have the rules find the emergency access."""
    writer.stop()
    watch.look(clinic.organisation.id)
    with wall.reading(clinic.organisation.id):
        found: UUID = Alert.objects.get().pk
    return found


def _as(clinic: Clinic, person: Person) -> Viewer:
    browser_of(person)
    return Viewer(
        kind=ViewerKind.MEMBER,
        organisation=clinic.organisation.id,
        actor=person.user.pk,
        role=Role.ADMINISTRATOR,
        session=sessions.standing_of(person.user)[0].pk,
    )


def _one_time(clinic: Clinic, invitation: UUID) -> dict[str, str]:
    hour = timedelta(hours=1)
    reset = links.make(LinkPurpose.RESET_PASSWORD, lasts=hour, user=clinic.owner.user)
    return {
        "sign_in:replace_lost": links.make(
            LinkPurpose.REPLACE_FACTOR, lasts=hour, user=clinic.owner.user
        ),
        "sign_in:join": links.make(
            LinkPurpose.JOIN, lasts=hour, organisation=clinic.organisation.id, about=invitation
        ),
        "sign_in:set_up": links.make(LinkPurpose.SET_UP, lasts=hour),
        "sign_in:new_password": reset,
        "letters:unsubscribe": mailings.token_of(
            mailings.Meant(clinic.organisation.id, clinic.owner.user.pk, "summary")
        ),
    }


def asked(client: Client, method: str, address: str, data: Any = None) -> Any:
    """Ask for an address with any method and do not follow where it leads."""
    sent = {"data": data} if data is not None and method == "POST" else {}
    return getattr(client, method.lower())(address, **sent)
