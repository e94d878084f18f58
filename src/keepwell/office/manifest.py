"""What the office brings: its pages, and the trail's words for rooms that have no pages."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from keepwell.office.events import OfficeEvent
from keepwell.office.home import lines
from keepwell.office.permissions import OfficePermission
from keepwell.office.persons import disclosures, handed_pages
from keepwell.office.safeguards.lines import SAFEGUARDS
from keepwell.office.summaries import lines as summaries
from keepwell.office.trail import actions as trail
from keepwell.safeguards.access.manifest import EventWords, Manifest, MenuItem, RecordWords
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit.events import AuditEvent
from keepwell.safeguards.monitoring.permissions import MonitoringPermission
from keepwell.safeguards.monitoring.queries import count_open
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.records.events import RecordsEvent
from keepwell.safeguards.vault.events import KeysEvent

MANIFEST = Manifest(
    app="office",
    title=_("Organisation and trail"),
    menu=(
        MenuItem(title=_("Home"), route="office:home", icon="home", order=0, key="h"),
        MenuItem(
            title=_("People"),
            route="office:persons",
            key="p",
            icon="people",
            permission=PersonPermission.LIST,
            order=40,
            section=_("Work"),
        ),
        MenuItem(
            title=_("Alerts"),
            route="office:alerts",
            key="a",
            icon="warning",
            permission=MonitoringPermission.ALERT_READ,
            order=57,
            section=_("Safeguards"),
            count=count_open,
        ),
        MenuItem(
            title=_("Trail"),
            route="office:trail",
            key="t",
            icon="trail",
            permission=OfficePermission.TRAIL_READ,
            order=60,
            section=_("Safeguards"),
        ),
        MenuItem(
            title=_("Safeguards"),
            route="office:safeguards",
            icon="proof",
            permission=OfficePermission.SAFEGUARDS_READ,
            order=55,
            section=_("Safeguards"),
        ),
        MenuItem(
            title=_("What we hold"),
            route="office:holdings",
            icon="lock",
            permission=OfficePermission.HOLDINGS_READ,
            order=65,
            section=_("Safeguards"),
        ),
        MenuItem(
            title=_("Members"),
            route="office:members",
            key="m",
            icon="key",
            permission=AccessPermission.MEMBER_LIST,
            order=80,
            section=_("Safeguards"),
        ),
        MenuItem(
            title=_("Access for a while"),
            route="office:elevations",
            icon="clock",
            order=81,
            section=_("Safeguards"),
        ),
        MenuItem(
            title=_("Emergency access"),
            route="office:emergencies",
            icon="lock-open",
            permission=AccessPermission.OFFICER_SERVE,
            order=81,
            section=_("Safeguards"),
        ),
        MenuItem(
            title=_("Two persons"),
            route="office:proposals",
            icon="people",
            permission=AccessPermission.PROPOSAL_SEE,
            order=81,
            section=_("Safeguards"),
        ),
        MenuItem(
            title=_("Networks"),
            route="office:networks",
            icon="branch",
            permission=AccessPermission.NETWORK_LIST,
            order=82,
            section=_("Safeguards"),
        ),
        MenuItem(
            title=_("Jobs"),
            route="office:jobs",
            icon="clock",
            permission=OfficePermission.JOB_MANAGE,
            order=85,
            section=_("Safeguards"),
        ),
        MenuItem(
            title=_("Settings"),
            route="office:settings",
            icon="sliders",
            permission=OfficePermission.ORGANISATION_CHANGE,
            order=90,
            section=_("Safeguards"),
        ),
    ),
    grants={
        OfficePermission.HOLDINGS_READ: {Role.OWNER, Role.ADMINISTRATOR, Role.AUDITOR},
        OfficePermission.JOB_MANAGE: {Role.OWNER, Role.ADMINISTRATOR, Role.TECHNICIAN},
        OfficePermission.MAIL_MANAGE: {Role.OWNER, Role.ADMINISTRATOR, Role.TECHNICIAN},
        OfficePermission.DEVICE_TRUST_SET: {Role.OWNER},
        OfficePermission.ORGANISATION_CHANGE: {Role.OWNER, Role.ADMINISTRATOR},
        OfficePermission.ORGANISATION_ERASE: {Role.OWNER, Role.ADMINISTRATOR},
        OfficePermission.SAFEGUARDS_READ: {
            Role.OWNER,
            Role.ADMINISTRATOR,
            Role.AUDITOR,
            Role.TECHNICIAN,
        },
        OfficePermission.TRAIL_READ: {Role.OWNER, Role.ADMINISTRATOR, Role.AUDITOR},
        OfficePermission.TRAIL_SHORTEN: {Role.OWNER, Role.ADMINISTRATOR},
    },
    whole=frozenset(OfficePermission),
    raisable={
        OfficePermission.JOB_MANAGE: _("See and steer jobs"),
        OfficePermission.MAIL_MANAGE: _("See how mail is, and test it"),
        OfficePermission.DEVICE_TRUST_SET: _("Say whether members may trust a device"),
        OfficePermission.ORGANISATION_CHANGE: _("Change settings of the organisation"),
        OfficePermission.TRAIL_READ: _("Read the trail"),
    },
    events={
        AuditEvent.DATA_RESTORE: EventWords(
            did=_("declared that data or trail was restored from a copy, without the other"),
            icon="error",
            tone="danger",
        ),
        AuditEvent.PERIOD_ERASE: EventWords(
            did=_("erased what a month of the trail says"), icon="lock"
        ),
        AuditEvent.TRAIL_EXPORT: EventWords(did=_("exported the trail"), icon="download"),
        AuditEvent.RETENTION_CHANGE: EventWords(
            did=_("changed how long the trail is kept"), icon="trail"
        ),
        AuditEvent.TRAIL_OPEN: EventWords(did=_("read the trail"), icon="trail"),
        AuditEvent.TRAIL_RESTORE: EventWords(
            did=_("declared that the trail was restored from a copy"), icon="error", tone="danger"
        ),
        OfficeEvent.TRUST_CHANGE: EventWords(
            did=_("changed whether a device can be trusted"), icon="sliders", tone="warning"
        ),
        OfficeEvent.EXTRACT_SHARE: EventWords(did=_("shared a part of the trail"), icon="send"),
        OfficeEvent.EXTRACT_WITHDRAW: EventWords(
            did=_("took a shared part of the trail back"), icon="undo"
        ),
        OfficeEvent.IDLE_CHANGE: EventWords(
            did=_("changed after how long people are signed out"), icon="clock", tone="warning"
        ),
        OfficeEvent.INSTALLATION_UPGRADE: EventWords(
            did=_("brought the stores to another version of Keepwell"), icon="redo"
        ),
        OfficeEvent.JOB_CANCEL: EventWords(did=_("cancelled a job"), icon="close"),
        OfficeEvent.JOB_RETRY: EventWords(did=_("had a job tried again"), icon="redo"),
        OfficeEvent.MAIL_TEST: EventWords(did=_("sent a test letter"), icon="send"),
        OfficeEvent.LOGO_CHANGE: EventWords(did=_("changed the logo"), icon="building"),
        OfficeEvent.PROFILE_CHANGE: EventWords(
            did=_("changed the profile of the organisation"), icon="building"
        ),
        OfficeEvent.VIEW_REMOVE: EventWords(did=_("removed a saved view of the trail"), icon="bin"),
        OfficeEvent.VIEW_SAVE: EventWords(did=_("saved a view of the trail"), icon="star"),
        RecordsEvent.FIELDS_OPEN: EventWords(
            did=_("opened sealed values"), icon="lock-open", tone="sealed"
        ),
        RecordsEvent.INDEX_BEGIN: EventWords(
            did=_("began to renew the search indexes under a new key"), icon="key"
        ),
        RecordsEvent.INDEX_FINISH: EventWords(
            did=_("renewed the search indexes and destroyed their old key"), icon="key"
        ),
        RecordsEvent.RETENTION_ERASE: EventWords(
            did=_("erased records that had been kept as long as they are to be"), icon="bin"
        ),
        RecordsEvent.SEAL_BREAK: EventWords(
            did=_("met a broken seal: a value had been changed"), icon="error", tone="danger"
        ),
        RecordsEvent.SHELL_OPEN: EventWords(
            did=_("gave a reason to open sealed values on the server's command line"),
            icon="lock-open",
            tone="warning",
        ),
        KeysEvent.CERTIFICATE_PRINT: EventWords(
            did=_("printed a certificate of erasure"), icon="download"
        ),
        KeysEvent.ORGANISATION_ERASE: EventWords(
            did=_("ordered that the whole organisation is erased"), icon="bin", tone="danger"
        ),
        KeysEvent.ORGANISATION_ROTATE: EventWords(did=_("made a new organisation key"), icon="key"),
        KeysEvent.REWRAP_BEGIN: EventWords(
            did=_("began to bring every key under the newest organisation key"), icon="key"
        ),
        KeysEvent.REWRAP_END: EventWords(
            did=_("brought every key under the newest organisation key"), icon="key"
        ),
        KeysEvent.ROOT_PRINT: EventWords(did=_("printed the root key"), icon="key", tone="warning"),
        KeysEvent.ROOT_BEGIN: EventWords(did=_("made a new root key"), icon="key", tone="warning"),
        KeysEvent.ROOT_END: EventWords(
            did=_("let the new root key take over"), icon="key", tone="warning"
        ),
    },
    records={
        "access.allowednetwork": RecordWords(
            counted=ngettext_lazy(
                "%(count)s allowed network", "%(count)s allowed networks", "count"
            )
        ),
        "access.elevation": RecordWords(
            counted=ngettext_lazy(
                "%(count)s access for a while", "%(count)s accesses for a while", "count"
            ),
            route="office:elevation",
            permission=AccessPermission.ELEVATION_DECIDE,
        ),
        "access.emergencyaccess": RecordWords(
            counted=ngettext_lazy(
                "%(count)s emergency access", "%(count)s emergency accesses", "count"
            ),
            route="office:emergency",
            permission=AccessPermission.OFFICER_SERVE,
        ),
        "access.invitation": RecordWords(
            counted=ngettext_lazy("%(count)s invitation", "%(count)s invitations", "count")
        ),
        "access.membership": RecordWords(
            counted=ngettext_lazy("%(count)s membership", "%(count)s memberships", "count")
        ),
        "access.officer": RecordWords(
            counted=ngettext_lazy(
                "%(count)s place of an officer", "%(count)s places of officers", "count"
            )
        ),
        "access.proposal": RecordWords(
            counted=ngettext_lazy("%(count)s proposal", "%(count)s proposals", "count"),
            route="office:proposal",
            permission=AccessPermission.PROPOSAL_SEE,
        ),
        "identity.onetimelink": RecordWords(
            counted=ngettext_lazy("%(count)s link by mail", "%(count)s links by mail", "count")
        ),
        "identity.sessionrecord": RecordWords(
            counted=ngettext_lazy("%(count)s session", "%(count)s sessions", "count")
        ),
        "identity.user": RecordWords(
            counted=ngettext_lazy("%(count)s account", "%(count)s accounts", "count")
        ),
        "jobs.job": RecordWords(counted=ngettext_lazy("%(count)s job", "%(count)s jobs", "count")),
        "tenancy.location": RecordWords(
            counted=ngettext_lazy("%(count)s location", "%(count)s locations", "count")
        ),
        "office.savedview": RecordWords(
            counted=ngettext_lazy("%(count)s saved view", "%(count)s saved views", "count")
        ),
        "office.sharedextract": RecordWords(
            counted=ngettext_lazy(
                "%(count)s shared part of the trail", "%(count)s shared parts of the trail", "count"
            )
        ),
        "tenancy.organisation": RecordWords(
            counted=ngettext_lazy("%(count)s organisation", "%(count)s organisations", "count")
        ),
    },
    home=lines.waiting,
    first_steps=lines.first_steps,
    summary=summaries.waiting,
    person_records=disclosures.person_lines,
    taken_from=trail.take_from,
    patient_place=handed_pages.patient_place,
    person_parts=disclosures.person_parts,
    safeguards=SAFEGUARDS,
)
