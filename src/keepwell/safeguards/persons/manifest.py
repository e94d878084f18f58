"""What persons brings: its grants. The pages over it belong to the office."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from keepwell.safeguards.access.manifest import EventWords, Manifest, RecordWords
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.persons.events import PersonsEvent
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.persons.queries import persons_reached
from keepwell.safeguards.persons.shares.actions import take_from

MANIFEST = Manifest(
    app="persons",
    title=_("Persons"),
    grants={
        PersonPermission.ADD: {Role.OWNER, Role.MEMBER},
        PersonPermission.CHANGE: {Role.OWNER, Role.MEMBER},
        PersonPermission.DISCLOSE: {Role.OWNER, Role.MEMBER},
        PersonPermission.ERASE: {Role.OWNER},
        PersonPermission.EXPORT: {Role.OWNER},
        PersonPermission.JOIN: {Role.OWNER, Role.MEMBER},
        PersonPermission.LIST: {Role.OWNER, Role.MEMBER, Role.AUDITOR},
        PersonPermission.OPEN: {Role.OWNER, Role.MEMBER},
        PersonPermission.REPORT: {Role.OWNER, Role.ADMINISTRATOR, Role.AUDITOR},
    },
    whole=frozenset(
        {
            # Who sent nothing is of no location: a member of some would never see them again.
            PersonPermission.ADD,
            PersonPermission.ERASE,
            PersonPermission.EXPORT,
            PersonPermission.REPORT,
        }
    ),
    raisable={
        PersonPermission.ADD: _("Add people by hand"),
        PersonPermission.CHANGE: _("Correct names, dates of birth and telephone numbers"),
        PersonPermission.DISCLOSE: _("Write down what was disclosed to others"),
        PersonPermission.EXPORT: _("Export everything about one person"),
        PersonPermission.JOIN: _("Join records of one person"),
        PersonPermission.LIST: _("See the list of people"),
        PersonPermission.OPEN: _("Open names and dates of birth"),
    },
    emergency={PersonPermission.LIST, PersonPermission.OPEN},
    reached={"persons.person": persons_reached},
    events={
        PersonsEvent.DISCLOSURE_MISTAKE: EventWords(
            did=_("found that a disclosure to others had not happened"), icon="undo"
        ),
        PersonsEvent.DISCLOSURE_NOTE: EventWords(
            did=_("wrote down what was disclosed to others"), icon="send"
        ),
        PersonsEvent.EXPORT_ORDER: EventWords(
            did=_("exported everything about a person"), icon="download", tone="warning"
        ),
        PersonsEvent.JOIN_BEGIN: EventWords(did=_("joined two persons"), icon="people"),
        PersonsEvent.JOIN_UNDO: EventWords(did=_("parted two joined persons"), icon="undo"),
        PersonsEvent.PERSON_CHANGE: EventWords(
            did=_("corrected the facts of a person"), icon="pen"
        ),
        PersonsEvent.PERSON_CREATE: EventWords(did=_("began a new person"), icon="person"),
        PersonsEvent.PERSON_ERASE: EventWords(
            did=_("erased a person and every record about that person"), icon="bin", tone="danger"
        ),
        PersonsEvent.PERSON_FIND: EventWords(
            did=_("looked somebody up by birth date or telephone number"), icon="search"
        ),
        PersonsEvent.REPORT_ANSWER: EventWords(
            did=_("answered wrongly at the link of a report"), icon="warning", tone="warning"
        ),
        PersonsEvent.REPORT_HAND: EventWords(
            did=_("handed a patient the report of who opened their data"), icon="send"
        ),
        PersonsEvent.REPORT_ORDER: EventWords(
            did=_("ordered a report of who opened the data of a person"), icon="print"
        ),
        PersonsEvent.REPORT_READ: EventWords(
            did=_("read the report of who opened their own data"), icon="print"
        ),
        PersonsEvent.REPORT_SHARE: EventWords(
            did=_("shared a report of who opened the data of a person"), icon="send"
        ),
        PersonsEvent.REPORT_WITHDRAW: EventWords(did=_("took a shared report back"), icon="undo"),
    },
    records={
        "persons.handedreport": RecordWords(
            counted=ngettext_lazy(
                "%(count)s report handed to a person",
                "%(count)s reports handed to a person",
                "count",
            )
        ),
        "persons.outsidedisclosure": RecordWords(
            counted=ngettext_lazy(
                "%(count)s disclosure to others", "%(count)s disclosures to others", "count"
            )
        ),
        "persons.person": RecordWords(
            counted=ngettext_lazy("%(count)s person", "%(count)s persons", "count"),
            route="office:person",
            permission=PersonPermission.OPEN,
        ),
        "persons.sharedreport": RecordWords(
            counted=ngettext_lazy("%(count)s shared report", "%(count)s shared reports", "count")
        ),
    },
    taken_from=take_from,
)
