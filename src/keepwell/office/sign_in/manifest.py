"""What the trail says about accounts: identity itself stands below the manifests."""

from django.utils.translation import gettext_lazy as _

from keepwell.safeguards.access.manifest import EventWords, Manifest
from keepwell.safeguards.identity.events import IdentityKind

MANIFEST = Manifest(
    app="identity",
    title=_("Accounts"),
    events={
        IdentityKind.DEVICE_DISTRUST: EventWords(did=_("trusts a device no more"), icon="phone"),
        IdentityKind.DEVICE_TRUST: EventWords(
            did=_("trusted a device: no code is asked for there"), icon="phone", tone="warning"
        ),
        IdentityKind.FACTOR_ENROL: EventWords(did=_("added a second step"), icon="key"),
        IdentityKind.FACTOR_FAIL: EventWords(
            did=_("gave a wrong code for an account"),
            did_to=_("gave a wrong code for the account of %(name)s"),
            icon="warning",
            tone="warning",
        ),
        IdentityKind.FACTOR_REMOVE: EventWords(
            did=_("removed a second step"), icon="key", tone="warning"
        ),
        IdentityKind.FACTOR_REPLACE: EventWords(did=_("replaced the second step"), icon="key"),
        IdentityKind.FACTOR_RESET: EventWords(
            did=_("made a link for a new second step on the server's command line"),
            icon="warning",
            tone="warning",
        ),
        IdentityKind.PASSWORD_CHANGE: EventWords(did=_("changed the password"), icon="key"),
        IdentityKind.PASSWORD_FAIL: EventWords(
            did=_("gave a wrong password for an account"),
            did_to=_("gave a wrong password for the account of %(name)s"),
            icon="warning",
            tone="warning",
        ),
        IdentityKind.PASSWORD_RESET: EventWords(
            did=_("chose a new password by a link from the mail"), icon="key"
        ),
        IdentityKind.RECOVERY_CODE_USE: EventWords(
            did=_("used a recovery code"), icon="warning", tone="warning"
        ),
        IdentityKind.RECOVERY_CODES_RENEW: EventWords(did=_("made new recovery codes"), icon="key"),
        IdentityKind.REPLACEMENT_CONFIRM: EventWords(
            did=_("confirmed that a colleague gets a new second step"), icon="key", tone="warning"
        ),
        IdentityKind.REPLACEMENT_START: EventWords(
            did=_("started the replacement of a colleague's second step"),
            icon="key",
            tone="warning",
        ),
        IdentityKind.REPLACEMENT_STOP: EventWords(
            did=_("stopped the replacement of a second step"), icon="close"
        ),
        IdentityKind.REPLACEMENT_USE: EventWords(
            did=_("put a new second step in place, started by a colleague"), icon="key"
        ),
        IdentityKind.SESSION_BEGIN: EventWords(did=_("signed in"), icon="person"),
        IdentityKind.SESSION_END: EventWords(did=_("ended a session"), icon="out"),
    },
)
