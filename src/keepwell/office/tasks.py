"""What the office does later: letters to accounts, and a checkpoint a day to owners."""

from datetime import timedelta
from math import ceil
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from keepwell.jobs import queue
from keepwell.jobs.declaring import job
from keepwell.jobs.work import Work
from keepwell.office.alerts.letters import ALERT
from keepwell.office.mail.letters import Fact
from keepwell.office.mail.writing import language_of, write, write_to
from keepwell.office.members.letters import MEMBER_LETTERS, MEMBER_PAGES, MemberLetter
from keepwell.office.second_steps.letters import SECOND_STEP_LETTERS, SecondStepLetter
from keepwell.office.sign_in.letters import LETTERS, RESET_LASTS, AccountLetter
from keepwell.office.summaries import jobs as summary_jobs  # noqa: F401  declares its own
from keepwell.office.trail.letters import CHECKPOINT
from keepwell.safeguards.access import registry, viewers
from keepwell.safeguards.access.invitations.queries import invitation_to_write
from keepwell.safeguards.access.members.queries import is_waiting
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import members_as, organisations_of, role_of
from keepwell.safeguards.access.replacements.queries import to_be_told
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit import elsewhere
from keepwell.safeguards.identity import accounts, links, replacements, sessions, trusts
from keepwell.safeguards.identity.models import LinkPurpose, User
from keepwell.safeguards.identity.origin import network_of
from keepwell.safeguards.mail import post
from keepwell.safeguards.monitoring.queries import rule_told
from keepwell.safeguards.tenancy.organisations import organisation_ids
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.shell import moments
from keepwell.shell.queries import organisation
from keepwell.toolkit.clock import now


@job("office:account:write", title=_("Mail about an account"), tries=12)
def write_about_account(work: Work, account: UUID | None, letter: AccountLetter) -> None:
    """Write a letter to an account; to nobody, if there is none or it is closed by now."""
    user = accounts.open_account_of(account) if account else None
    if user is not None:
        write(work, LETTERS[letter], user, **_facts(user, letter, work.organisation))


def _facts(user: User, letter: AccountLetter, concerned: UUID | None) -> dict[str, Fact]:
    """Return what a letter is told; its address is configured, never taken from a request (T9)."""
    if letter is AccountLetter.FACTOR_LINK_OF_OWNER and concerned is not None:
        profile = organisation(concerned)
        trail = settings.KEEPWELL_STAFF_URL + reverse("office:trail")
        return {"address": trail, "organisation": profile.name if profile else ""}
    if letter is not AccountLetter.RESET:
        return {"address": settings.KEEPWELL_STAFF_URL}
    token = links.make(LinkPurpose.RESET_PASSWORD, lasts=RESET_LASTS, user=user)
    return {
        "address": settings.KEEPWELL_STAFF_URL + reverse("sign_in:new_password", args=[token]),
        "minutes": int(RESET_LASTS.total_seconds() // 60),
    }


@job("office:device:write", title=_("Mail about a browser not seen before"), tries=12)
def write_of_new_device(work: Work, account: UUID, session: UUID) -> None:
    """Write when, with which browser and from which network an account was entered; no address."""
    user = accounts.open_account_of(account)
    record = sessions.one_of(user, session) if user else None
    profile = organisation(work.organisation) if work.organisation else None
    if user is None or record is None or profile is None:
        return
    with translation.override(language_of(user, work.organisation)):
        moment = moments.exact(record.created, ZoneInfo(profile.time_zone))
        device = record.device or gettext("a browser that does not say what it is")
    write(
        work,
        LETTERS[AccountLetter.NEW_DEVICE],
        user,
        moment=moment,
        device=device,
        network=network_of(record.address),
        days=trusts.days_of(record.trust),
        address=settings.KEEPWELL_STAFF_URL + reverse("sign_in:account"),
    )


@job("office:alert:write", title=_("Mail about an alert"), tries=12)
def write_of_alert(work: Work, account: UUID, alert: UUID) -> None:
    """Write to whoever is to hear of an alert which rule was met; nothing once it is settled."""
    viewer = viewers.of_job(work)
    user = accounts.open_account_of(account)
    profile = organisation(viewer.organisation)
    rule = rule_told(viewer, alert)
    if user is None or profile is None or rule is None:
        return
    if role_of(user.pk, viewer.organisation) is None:
        return
    with translation.override(language_of(user, work.organisation)):
        title = str(rule.title)
    write(
        work,
        ALERT,
        user,
        organisation=profile.name,
        alert=title,
        address=settings.KEEPWELL_STAFF_URL + reverse("office:alert", args=[alert]),
    )


@job("office:invitation:write", title=_("Mail an invitation"), tries=12)
def write_invitation(work: Work, invitation: UUID) -> None:
    """Write to whoever was invited; the link is made here, and its address is configured (T9)."""
    viewer = viewers.of_job(work)
    found = invitation_to_write(viewer, invitation)
    profile = organisation(viewer.organisation)
    if found is None or profile is None:
        return
    lasts = found.expires - now()
    token = links.make(
        LinkPurpose.JOIN, lasts=lasts, organisation=viewer.organisation, about=found.pk
    )
    write_to(
        work,
        MEMBER_LETTERS[MemberLetter.INVITATION],
        found.email,
        profile.locale,
        name=found.name,
        organisation=profile.name,
        hours=max(1, round(lasts / timedelta(hours=1))),
        address=settings.KEEPWELL_STAFF_URL + reverse("sign_in:join", args=[token]),
    )


@job("office:waiting:plan", title=_("Ask for letters about somebody who waits"))
def write_about_waiting(work: Work, membership: UUID) -> None:
    """Put one letter to each who can let this colleague in, unless that is done by now."""
    viewer = viewers.of_job(work)
    if not is_waiting(viewer, membership):
        return
    may_let_in = registry.roles_holding(str(AccessPermission.MEMBER_APPROVE))
    # It concerns the whole organisation.
    told = [row.user_id for row in members_as(viewer, may_let_in, is_everywhere=True)]
    for one in told[work.done :]:
        with work.step(of=len(told)):
            queue.put(
                write_to_member,
                organisation=viewer.organisation,
                account=one,
                letter=MemberLetter.WAITING,
            )


@job("office:member:write", title=_("Mail about who works here"), tries=12)
def write_to_member(work: Work, account: UUID, letter: MemberLetter) -> None:
    """Write to a present member about what happened to members, the person's own access too."""
    viewer = viewers.of_job(work)
    user = accounts.open_account_of(account)
    profile = organisation(viewer.organisation)
    if user is None or profile is None or role_of(user.pk, viewer.organisation) is None:
        return
    page = MEMBER_PAGES.get(letter)
    path = reverse(page) if page else ""
    address = settings.KEEPWELL_STAFF_URL + path
    write(work, MEMBER_LETTERS[letter], user, organisation=profile.name, address=address)


@job("office:replacement:write", title=_("Mail the link to a new second step"), tries=12)
def write_replacement(work: Work, replacement: UUID) -> None:
    """Write the link to whoever lost a phone; it is made here, so that it lies in no table."""
    one = replacements.standing_by_id(replacement)
    profile = organisation(one.organisation) if one else None
    if one is None or profile is None:
        return
    lasts = one.expires - now()
    token = links.make(
        LinkPurpose.REPLACE_FACTOR,
        lasts=lasts,
        user=one.user,
        organisation=one.organisation,
        about=one.pk,
    )
    write(
        work,
        SECOND_STEP_LETTERS[SecondStepLetter.LINK],
        one.user,
        organisation=profile.name,
        minutes=max(1, ceil((one.opens - now()) / timedelta(minutes=1))),
        hours=replacements.LASTS_ONCE_OPEN // timedelta(hours=1),
        address=settings.KEEPWELL_STAFF_URL + reverse("sign_in:replace_lost", args=[token]),
    )


@job("office:second_step:plan", title=_("Ask for letters about a new second step"))
def tell_of_second_step(work: Work, account: UUID, letter: SecondStepLetter) -> None:
    """Put one letter to each who could stop it, in each organisation the account may enter."""
    user = accounts.open_account_of(account)
    told = [
        (one.pk, colleague)
        for one in (organisations_of(user) if user else [])
        for colleague in to_be_told(_system(one.pk), about=account)
    ]
    for where, colleague in told[work.done :]:
        with work.step(of=len(told)):
            queue.put(write_of_second_step, organisation=where, account=colleague, letter=letter)


@job("office:second_step:write", title=_("Mail about a new second step"), tries=12)
def write_of_second_step(work: Work, account: UUID, letter: SecondStepLetter) -> None:
    """Write to the member or to a colleague: no link, no name, no reason."""
    viewer = viewers.of_job(work)
    user = accounts.open_account_of(account)
    profile = organisation(viewer.organisation)
    if user is None or profile is None or role_of(user.pk, viewer.organisation) is None:
        return
    is_own = letter in {SecondStepLetter.CONFIRMED, SecondStepLetter.STOPPED}
    path = reverse("sign_in:account" if is_own else "office:members")
    minutes = {"minutes": settings.KEEPWELL_SECOND_STEP_WAIT_MINUTES}
    write(
        work,
        SECOND_STEP_LETTERS[letter],
        user,
        organisation=profile.name,
        address=settings.KEEPWELL_STAFF_URL + path,
        **(minutes if letter is SecondStepLetter.STARTED else {}),
    )


@job("office:checkpoint:write", title=_("Mail a checkpoint of the trail"), tries=12)
def write_checkpoint(work: Work, account: UUID) -> None:
    """Write the newest signed head of an organisation's trail to one of its owners."""
    viewer = viewers.of_job(work)
    user = accounts.open_account_of(account)
    profile = organisation(viewer.organisation)
    if user is None or profile is None or user.pk not in owners_of(viewer):
        return
    write(
        work,
        CHECKPOINT,
        user,
        organisation=profile.name,
        checkpoint=elsewhere.checkpoint_text(viewer.organisation).strip(),
        address=settings.KEEPWELL_STAFF_URL + reverse("office:trail"),
    )


@job("office:checkpoint:plan", title=_("Ask for a checkpoint to every owner"), every="30 4 * * *")
def plan_checkpoints(work: Work) -> None:
    """Put one letter to each owner of each organisation; while there is no server, none."""
    if post.server() is None:
        return
    every = organisation_ids()
    for one in every[work.done :]:
        owners = owners_of(_system(one))
        with work.step(of=len(every)):
            for owner in owners:
                queue.put(write_checkpoint, organisation=one, account=owner, key=(one, owner))


def _system(organisation: UUID) -> Viewer:
    return Viewer(kind=ViewerKind.SYSTEM, organisation=organisation)


def owners_of(viewer: Viewer) -> list[UUID]:
    """Return the accounts that own the viewer's organisation now."""
    return [row.user_id for row in members_as(viewer, {Role.OWNER})]
