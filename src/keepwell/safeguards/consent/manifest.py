"""What consent brings: its grants and its words. The pages over it belong to the office."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from keepwell.safeguards.access.manifest import EventWords, Manifest, RecordWords
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.consent.acknowledgements import lines
from keepwell.safeguards.consent.events import ConsentEvent
from keepwell.safeguards.consent.permissions import ConsentPermission

MANIFEST = Manifest(
    app="consent",
    title=_("Consent and notice"),
    grants={
        ConsentPermission.NOTICE_PUBLISH: {Role.OWNER, Role.ADMINISTRATOR},
        ConsentPermission.RULES_PUBLISH: {Role.OWNER, Role.ADMINISTRATOR},
    },
    whole=frozenset(ConsentPermission),
    raisable={
        ConsentPermission.NOTICE_PUBLISH: _("Write and publish the Notice of Privacy Practices"),
        ConsentPermission.RULES_PUBLISH: _("Add to the rules of use, and see who accepted them"),
    },
    events={
        ConsentEvent.MAILING_CHOOSE: EventWords(did=_("chose to get a letter"), icon="send"),
        ConsentEvent.MAILING_WITHDRAW: EventWords(did=_("stopped a letter"), icon="close"),
        ConsentEvent.NOTICE_ACKNOWLEDGE: EventWords(
            did=_("said that the Notice of Privacy Practices was received"), icon="check"
        ),
        ConsentEvent.NOTICE_DECLINE: EventWords(
            did=_("did not say that the Notice of Privacy Practices was received"), icon="info"
        ),
        ConsentEvent.NOTICE_DISCARD: EventWords(
            did=_("discarded a Notice of Privacy Practices that was not published"), icon="bin"
        ),
        ConsentEvent.NOTICE_PUBLISH: EventWords(
            did=_("published a Notice of Privacy Practices"), icon="check"
        ),
        ConsentEvent.NOTICE_WRITE: EventWords(
            did=_("wrote a Notice of Privacy Practices"), icon="pen"
        ),
        ConsentEvent.RULES_ACCEPT: EventWords(did=_("accepted the rules of use"), icon="check"),
        ConsentEvent.RULES_PUBLISH: EventWords(
            did=_("changed what the organisation adds to the rules of use"), icon="pen"
        ),
        ConsentEvent.TERMS_ACCEPT: EventWords(
            did=_("accepted the terms for the organisation"), icon="check"
        ),
    },
    records={
        "consent.acceptance": RecordWords(
            counted=ngettext_lazy("%(count)s acceptance", "%(count)s acceptances", "count")
        ),
        "consent.rulesaddition": RecordWords(
            counted=ngettext_lazy(
                "%(count)s addition to the rules", "%(count)s additions to the rules", "count"
            )
        ),
        "consent.acknowledgement": RecordWords(
            counted=ngettext_lazy(
                "%(count)s acknowledgement of the notice",
                "%(count)s acknowledgements of the notice",
                "count",
            )
        ),
        "consent.mailingchoice": RecordWords(
            counted=ngettext_lazy(
                "%(count)s choice of a letter", "%(count)s choices of letters", "count"
            )
        ),
        "consent.notice": RecordWords(
            counted=ngettext_lazy("%(count)s notice", "%(count)s notices", "count")
        ),
    },
    person_records=lines.person_lines,
    person_parts=lines.person_parts,
)
