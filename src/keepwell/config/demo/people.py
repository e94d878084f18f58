"""Who works in the demonstration: accounts with passwords and codes of their own."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from keepwell.safeguards.access.actions import add_member, found_organisation
from keepwell.safeguards.access.duties import Duty
from keepwell.safeguards.access.officers.actions import name_officer
from keepwell.safeguards.access.queries import members_as
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.consent.terms.actions import accept
from keepwell.safeguards.consent.terms.queries import owed
from keepwell.safeguards.identity import second_factor
from keepwell.safeguards.identity.models import User
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit import clock

# No letters that look like others: somebody types these.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_DEMO = "Named when the demonstration was made."
_GROUPS, _GROUP = 4, 5  # 20 of 31 letters: 99 bits


@dataclass(frozen=True, slots=True)
class Account:
    """How somebody of the demonstration signs in."""

    name: str
    email: str
    password: str
    totp_secret: str
    role: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Clinic:
    """A demonstration organisation with its owner as the viewer who sets it up."""

    organisation: Organisation
    owner: Viewer
    accounts: tuple[Account, ...]


def open_riverside() -> Clinic:
    """Found Riverside Clinic: Ada owns it, Ben is her colleague, Dee audits, Abe administers."""
    clinic = _found("Riverside Clinic", "+1 555 0100", "America/Los_Angeles", "Ada Moreno", "ada")
    profile = clinic.organisation
    profile.address = "12 River Street\nSpringfield"
    profile.hours = "Monday to Friday, 8 am to 5 pm"
    profile.emergency_sentence = "In an emergency call 911. This form is read during opening hours."
    with wall.writing(profile.id):
        profile.save()
    ben = _join(clinic, "Ben Okafor", "ben", Role.MEMBER)
    dee = _join(clinic, "Dee Lindqvist", "dee", Role.AUDITOR)
    abe = _join(clinic, "Abe Castellan", "abe", Role.ADMINISTRATOR)
    _name_officers(clinic)
    return Clinic(profile, clinic.owner, (*clinic.accounts, ben, dee, abe))


def _name_officers(clinic: Clinic) -> None:
    """Let Ada answer for privacy and Dee for security."""
    by_role = {row.role: row for row in members_as(clinic.owner, list(Role))}
    for duty, role in ((Duty.PRIVACY, Role.OWNER), (Duty.SECURITY, Role.AUDITOR)):
        name_officer(clinic.owner, duty=duty, membership=by_role[role].pk, reason=_DEMO)


def _since() -> datetime:
    """Everybody has worked here for a while: who came today is nobody's second person."""
    return clock.now() - timedelta(days=30)


def open_hillside() -> Clinic:
    """Found Hillside Practice, whose owner Cy is a stranger to Riverside."""
    return _found("Hillside Practice", "+1 555 0199", "America/New_York", "Cy Hartmann", "cy")


def _found(name: str, telephone: str, time_zone: str, owner: str, short: str) -> Clinic:
    user, account = _account(owner, short, Role.OWNER, name)
    organisation = found_organisation(
        name=name,
        owner=user,
        telephone=telephone,
        time_zone=time_zone,
        since=_since(),
    )
    organisation.is_demo = True
    with wall.writing(organisation.id):
        organisation.save(update_fields=["is_demo"])
    _enrol(user, account)
    viewer = _member(organisation, user, Role.OWNER)
    _accept(viewer)
    return Clinic(organisation, viewer, (account,))


def _join(clinic: Clinic, name: str, short: str, role: Role) -> Account:
    user, account = _account(name, short, role, clinic.organisation.name)
    user.save(force_insert=True)
    add_member(clinic.owner, user=user, role=role, since=_since())
    _enrol(user, account)
    _accept(_member(clinic.organisation, user, role))
    return account


def _member(organisation: Organisation, user: User, role: Role) -> Viewer:
    return Viewer(
        kind=ViewerKind.MEMBER,
        organisation=organisation.id,
        actor=user.pk,
        role=role,
        purpose="operations",
    )


def _accept(member: Viewer) -> None:
    """Accept terms and rules, or the first page would be the one that asks."""
    accept(member, shown=owed(member))


def _account(name: str, short: str, role: Role, organisation: str) -> tuple[User, Account]:
    domain = organisation.partition(" ")[0].lower()
    account = Account(
        name=name,
        email=f"{short}@{domain}.example",
        password="-".join(_word() for _ in range(_GROUPS)),
        totp_secret=second_factor.new_secret(),
        role=role.value,
        organisation=organisation,
    )
    user = User(name=name, email=account.email)
    user.set_password(account.password)
    return user, account


def _word() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_GROUP))


def _enrol(user: User, account: Account) -> None:
    second_factor.enrol(user, account.totp_secret)
    second_factor.keep_codes(user)  # or the first page would be the one that shows them
