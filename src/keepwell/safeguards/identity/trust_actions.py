"""What a person does about a trusted device: trust it, come in by it, ask for the code again.

It leaves out the second step at signing in and nowhere else: before something weighty both steps
are asked for as ever, because no trust is looked at there.
"""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest

from keepwell.safeguards.identity import actions, recording, sessions, trusts
from keepwell.safeguards.identity.events import IdentityKind
from keepwell.safeguards.identity.models import Factor, SessionRecord, User


def pass_second_step(request: HttpRequest, user: User) -> bool:
    """Leave out the second step where this browser is trusted; the password was just given."""
    record: SessionRecord | None = request.sign_in.record  # type: ignore[attr-defined]
    trust = trusts.of_browser(request, user)
    if trust is None or record is None or record.user_id != user.pk:
        return False
    sessions.note_trust(record, trust.pk)
    actions.note_factor(request, Factor.TRUSTED_DEVICE)
    return True


def trust(request: HttpRequest, user: User) -> str:
    """Trust this browser, now that both steps were given; return its secret, or nothing.

    Nothing where it is not allowed, and where the session has ended meanwhile: whoever changes the
    password at this moment ends what is trusted before it, and what would be trusted after it.
    """
    record: SessionRecord | None = request.sign_in.record  # type: ignore[attr-defined]
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        days = trusts.days_for(user)
        if not days or record is None or not sessions.stands(record.pk):
            return ""
        row, secret = trusts.add(request, user, days=days)
        sessions.note_trust(record, row.pk)
        detail = {"days": str(days), "device": row.device}
        recording.account_event(
            request, user, IdentityKind.DEVICE_TRUST, proven=True, detail=detail
        )
    return secret


@transaction.atomic
def distrust(request: HttpRequest, user: User, trust_id: UUID) -> bool:
    """Ask for the code again on one device, and end the sessions that the trust has made there."""
    if not trusts.end(user.pk, trust_id):
        return False
    recording.account_event(request, user, IdentityKind.DEVICE_DISTRUST, proven=True)
    actions.end_sessions_by_trust(request, user, trust_id)
    return True
