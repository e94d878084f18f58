"""What some years of work leave on the pages of staff: rows, as many as those pages can show.

Rows of the application's own models, made in bulk: nothing here is sealed, and nothing is sent.
"""

from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

BATCH = 1000
LOCATIONS, PROPOSALS, EMERGENCIES, ELEVATIONS = 40, 200, 200, 300
OPEN_ALERTS, ALERTS = 40, 300
DISCLOSURES, SESSIONS, SHARED = 30, 10, 30
WAITING = 5  # proposals that are open, emergency accesses without a review
LETTERS = 500  # that wait for a mail server


def leave(organisation: UUID, owner: UUID, accounts: Sequence[UUID]) -> None:
    """Let members do for years what pages list; `accounts` are theirs."""
    from keepwell.safeguards.tenancy import wall

    with wall.writing(organisation):
        _locate(organisation)
        _accept(organisation, accounts)
        _alert(organisation, owner, accounts)
        _ask(organisation, owner)
        _propose(organisation, owner, accounts)
        _share(organisation, owner, accounts)
    _enrol(accounts)


def _put(model: Any, organisation: UUID, rows: Sequence[dict[str, Any]]) -> None:
    made = [model(organisation_id=organisation, **row) for row in rows]
    model.objects.bulk_create(made, batch_size=BATCH)


def sign_in(owner: Any) -> None:
    """Let the owner be signed in on other devices too."""
    from tests.people import browser_of

    for _ in range(SESSIONS):
        browser_of(owner)


def disclose(viewer: Any, person: UUID) -> None:
    """Tell others of one person, as an accounting lists it."""
    from keepwell.safeguards.persons.outside import actions as outside
    from keepwell.toolkit.clock import now

    for n in range(DISCLOSURES):
        outside.note(
            viewer,
            person=person,
            made=(now() - timedelta(days=n)).date(),
            recipient="County",
            what="One culture",
            purpose="Reportable disease",
        )


def _share(organisation: UUID, owner: UUID, accounts: Sequence[UUID]) -> None:
    """Parts of the trail in colleagues' hands now."""
    from keepwell.office.models import SharedExtract
    from keepwell.safeguards.audit.search import Search
    from keepwell.toolkit.clock import now

    asked = {"asked": "kind=refused", "search": Search().kept(), "size": 1, "count": 1}
    rows = [
        {**asked, "colleague": one, "by": owner, "expires": now() + timedelta(days=7)}
        for one in accounts[:SHARED]
    ]
    _put(SharedExtract, organisation, rows)


def _locate(organisation: UUID) -> None:
    from keepwell.safeguards.tenancy.models import Location

    _put(Location, organisation, [{"name": f"Practice {n:02}"} for n in range(LOCATIONS)])


def _accept(organisation: UUID, accounts: Sequence[UUID]) -> None:
    """All but every tenth have accepted the rules of use."""
    from keepwell.safeguards.consent.models import Acceptance

    facts = {"kind": "rules", "version": 1, "language": "en"}
    rows = [{"account": one, **facts} for n, one in enumerate(accounts) if n % 10]
    _put(Acceptance, organisation, rows)


def _alert(organisation: UUID, owner: UUID, accounts: Sequence[UUID]) -> None:
    """Alerts about colleagues, most of them settled, and what the owner did among the open ones."""
    from keepwell.safeguards.monitoring.models import Alert
    from keepwell.safeguards.monitoring.rules import RULES
    from keepwell.toolkit.clock import now

    def alert(code: str, about: UUID, hours: int, **more: Any) -> dict[str, Any]:
        moment = now() - timedelta(hours=hours)
        times = dict.fromkeys(("first", "last", "raised", "told"), moment)
        return {"rule": code, "about": about, "count": 3, **times, **more}

    own, any_ = [one.code for one in RULES if one.is_own], [one.code for one in RULES]
    some = list(accounts[:OPEN_ALERTS])
    rows = [alert(code, owner, 1) for code in own]
    rows += [alert(any_[n % len(any_)], one, 2) for n, one in enumerate(some)]
    settled = {"acknowledged": now(), "acknowledged_by": owner}
    rows += [
        alert(any_[n % len(any_)], accounts[n % len(accounts)], 24 + n, **settled)
        for n in range(ALERTS)
    ]
    _put(Alert, organisation, rows)


def _ask(organisation: UUID, owner: UUID) -> None:
    """Requests for access, and emergency accesses, the newest of which wait for a review."""
    from keepwell.safeguards.access.models import Elevation, EmergencyAccess, Membership
    from keepwell.toolkit.clock import now
    from keepwell.toolkit.identifiers import uuid7

    members = list(Membership.objects.order_by("pk").values_list("pk", flat=True)[:100])
    asked = [
        {
            "membership_id": members[n % len(members)],
            "permissions": "persons:person:export",
            "minutes": 60,
            "asked": now() - timedelta(hours=n),
            "lapses": now() + timedelta(hours=24 - n),
            **({} if n < 20 else {"decision": "refused", "decided": now(), "decided_by": owner}),
        }
        for n in range(ELEVATIONS)
    ]
    _put(Elevation, organisation, asked)
    reviewed = {"reviewed": now(), "reviewed_by": owner, "finding": "justified"}
    broken = [
        {
            "membership_id": members[n % len(members)],
            "session": uuid7(),
            "role": "member",
            "begun": now() - timedelta(hours=n + 2),
            "until": now() - timedelta(hours=n + 1),
            "ended": now() - timedelta(hours=n + 1),
            "ended_because": "expired",
            **({} if n < WAITING else reviewed),
        }
        for n in range(EMERGENCIES)
    ]
    _put(EmergencyAccess, organisation, broken)


def _propose(organisation: UUID, owner: UUID, accounts: Sequence[UUID]) -> None:
    from keepwell.office.two_persons.acts import EXPORT_TRAIL
    from keepwell.safeguards.access.models import Proposal
    from keepwell.toolkit.clock import now

    rows = [
        {
            "act": EXPORT_TRAIL.code,
            "about": {"form": "csv", "from": "2026-01-01"},
            "proposed_by": owner if n % 2 else accounts[n % len(accounts)],
            "proposed": now() - timedelta(hours=4 * n),
            "expires": now() + timedelta(hours=4 * (WAITING - n)),
        }
        for n in range(PROPOSALS)
    ]
    _put(Proposal, organisation, rows)


def _enrol(accounts: Sequence[UUID]) -> None:
    """All but every twentieth have an authenticator app; its secret is nobody's."""
    from allauth.mfa.models import Authenticator

    rows = [
        Authenticator(user_id=one, type=Authenticator.Type.TOTP, data={"secret": ""})
        for n, one in enumerate(accounts)
        if n % 20
    ]
    Authenticator.objects.bulk_create(rows, batch_size=BATCH)


def write_letters() -> None:
    """Put letters where they wait for a mail server."""
    from keepwell.safeguards.mail import spool
    from keepwell.toolkit.identifiers import uuid7

    for number in range(LETTERS):
        letter = EmailMessage()
        letter["To"], letter["Subject"] = f"m{number}@bench.example", "A letter"
        letter.set_content("Nothing of anybody's.")
        spool.put(uuid7(), letter)
