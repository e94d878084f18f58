"""What forms brings to the house: menu, grants and its words for the trail."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from keepwell.products.forms import exports, offers, places
from keepwell.products.forms.events import FormsEvent
from keepwell.products.forms.permissions import FormsPermission
from keepwell.products.forms.queries import inbox
from keepwell.safeguards.access.manifest import EventWords, Manifest, MenuItem, RecordWords
from keepwell.safeguards.access.roles import Role

MANIFEST = Manifest(
    app="forms",
    title=_("Forms"),
    menu=(
        MenuItem(
            title=_("Inbox"),
            route="forms:inbox",
            key="i",
            icon="inbox",
            permission=FormsPermission.SUBMISSION_LIST,
            order=20,
        ),
        MenuItem(
            title=_("Forms"),
            route="forms:forms",
            key="f",
            icon="form",
            permission=FormsPermission.FORM_READ,
            order=30,
            section=_("Work"),
        ),
    ),
    grants={
        FormsPermission.FORM_PUBLISH: {Role.OWNER, Role.ADMINISTRATOR},
        FormsPermission.FORM_READ: {Role.OWNER, Role.ADMINISTRATOR, Role.MEMBER, Role.AUDITOR},
        FormsPermission.SUBMISSION_LIST: {Role.OWNER, Role.MEMBER, Role.AUDITOR},
        FormsPermission.SUBMISSION_OPEN: {Role.OWNER, Role.MEMBER},
    },
    raisable={
        FormsPermission.FORM_PUBLISH: _("Publish forms and their links"),
        FormsPermission.SUBMISSION_LIST: _("See the inbox"),
        FormsPermission.SUBMISSION_OPEN: _("Open what patients sent"),
    },
    emergency={FormsPermission.SUBMISSION_LIST, FormsPermission.SUBMISSION_OPEN},
    events={
        FormsEvent.ATTACHMENT_KEPT: EventWords(did=_("added a file"), icon="clip"),
        FormsEvent.ATTACHMENT_REMOVED: EventWords(did=_("took a file away"), icon="bin"),
        FormsEvent.ATTACHMENT_SENT: EventWords(did=_("sent a file with a form"), icon="clip"),
        FormsEvent.DRAFT_BEGUN: EventWords(did=_("began to fill in a form"), icon="pen"),
        FormsEvent.DRAFT_CLEARED: EventWords(did=_("cleared a form before sending"), icon="bin"),
        FormsEvent.DRAFT_EXPIRED: EventWords(did=_("erased answers never sent"), icon="bin"),
        FormsEvent.DRAFT_KEPT: EventWords(did=_("answered a page of a form"), icon="pen"),
        FormsEvent.DRAFT_SENT: EventWords(did=_("finished a form"), icon="check"),
        FormsEvent.FORM_ASKED: EventWords(
            did=_("changed whether a form asks about the Notice of Privacy Practices"), icon="form"
        ),
        FormsEvent.FORM_MOVED: EventWords(
            did=_("moved a form to other locations"), icon="building", tone="warning"
        ),
        FormsEvent.FORM_PUBLISHED: EventWords(did=_("published a form"), icon="check"),
        FormsEvent.FORM_RESERVED: EventWords(
            did=_("changed for whom what arrives through a form is kept"),
            icon="people",
            tone="warning",
        ),
        FormsEvent.FORM_UPLOADED: EventWords(did=_("uploaded a form"), icon="upload"),
        FormsEvent.LINK_FRAMED: EventWords(did=_("changed who may frame a form"), icon="embed"),
        FormsEvent.LINK_MADE: EventWords(did=_("made a link to a form"), icon="link"),
        FormsEvent.LINK_REVOKED: EventWords(did=_("withdrew a link"), icon="close", tone="warning"),
        FormsEvent.SUBMISSION_ARRIVED: EventWords(did=_("sent a form"), icon="inbox"),
    },
    records={
        "forms.attachment": RecordWords(
            counted=ngettext_lazy("%(count)s file", "%(count)s files", "count")
        ),
        "forms.draft": RecordWords(
            counted=ngettext_lazy(
                "%(count)s form not sent yet", "%(count)s forms not sent yet", "count"
            )
        ),
        "forms.form": RecordWords(
            counted=ngettext_lazy("%(count)s form", "%(count)s forms", "count"),
            route="forms:form",
            permission=FormsPermission.FORM_READ,
        ),
        "forms.formlink": RecordWords(
            counted=ngettext_lazy("%(count)s link", "%(count)s links", "count")
        ),
        "forms.submission": RecordWords(
            counted=ngettext_lazy("%(count)s submission", "%(count)s submissions", "count"),
            route="forms:submission",
            permission=FormsPermission.SUBMISSION_OPEN,
        ),
    },
    home=offers.waiting,
    first_steps=offers.first_steps,
    summary=offers.summary,
    person_records=offers.person_lines,
    person_parts=exports.person_parts,
    person_reach=offers.person_reach,
    reached={
        "forms.attachment": inbox.files_reached,
        "forms.submission": inbox.submissions_reached,
    },
    patient_place=places.patient_place,
)
