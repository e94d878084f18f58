"""Addresses of the office: home, trail, persons, members, settings."""

from django.urls import path

from keepwell.office import ready
from keepwell.office.alerts import views as alerts
from keepwell.office.elevations import views as elevations
from keepwell.office.emergencies import views as emergencies
from keepwell.office.holdings import views as holdings
from keepwell.office.home import views as home
from keepwell.office.jobs import views as jobs
from keepwell.office.mail import views as mail
from keepwell.office.members import views as members
from keepwell.office.networks import views as networks
from keepwell.office.notices import views as notices
from keepwell.office.officers import views as officers
from keepwell.office.persons import disclosure_views as told
from keepwell.office.persons import export_views as person_exports
from keepwell.office.persons import fact_views as facts
from keepwell.office.persons import handing_views as handing
from keepwell.office.persons import report_views as reports
from keepwell.office.persons import share_views as shares
from keepwell.office.persons import views as persons
from keepwell.office.rules import views as rules
from keepwell.office.safeguards import views as safeguards
from keepwell.office.second_steps import views as second_steps
from keepwell.office.settings import locations
from keepwell.office.settings import views as settings
from keepwell.office.trail import share_views as trail_shares
from keepwell.office.trail import views as trail
from keepwell.office.two_persons import exports, on_server
from keepwell.office.two_persons import views as two_persons

app_name = "office"
urlpatterns = [
    path("", home.page, name="home"),
    path("ready", ready.answer, name="ready"),
    path("alerts/", alerts.page, name="alerts"),
    path("alerts/<uuid:alert_id>/", alerts.one, name="alert"),
    path("trail/", trail.page, name="trail"),
    path("trail/check/", trail.check, name="check"),
    path("trail/export/", trail.export, name="export_trail"),
    path("trail/export/propose/", exports.propose, name="propose_export"),
    path("trail/export/<uuid:proposal_id>/", exports.export, name="export_proposed"),
    path("two-persons/", two_persons.page, name="proposals"),
    path(
        "two-persons/erase-organisation/",
        on_server.erase_organisation,
        name="propose_erasure",
    ),
    path("two-persons/shorter-trail/", on_server.shorten_trail, name="propose_shorter_trail"),
    path("two-persons/<uuid:proposal_id>/", two_persons.one, name="proposal"),
    path(
        "two-persons/<uuid:proposal_id>/withdraw/",
        two_persons.withdraw,
        name="withdraw_proposal",
    ),
    path("trail/share/", trail_shares.share, name="share_trail"),
    path("trail/shared/<uuid:extract_id>/", trail_shares.shared, name="shared_trail"),
    path(
        "trail/shared/<uuid:extract_id>/take-back/",
        trail_shares.take_back,
        name="take_back_trail",
    ),
    path("trail/views/", trail.save_view, name="save_view"),
    path("trail/views/<uuid:view_id>/remove/", trail.remove_view, name="remove_view"),
    path("trail/<int:index>/", trail.entry, name="entry"),
    path("persons/", persons.page, name="persons"),
    path("persons/add/", facts.add, name="add_person"),
    path("persons/<uuid:person_id>/", persons.person, name="person"),
    path("persons/<uuid:person_id>/facts/", facts.correct, name="correct_person"),
    path("persons/<uuid:person_id>/join/<uuid:other_id>/", persons.join, name="join"),
    path("persons/<uuid:person_id>/erase/", persons.erase, name="erase_person"),
    path("persons/<uuid:person_id>/erased/", persons.erased, name="erased_person"),
    path(
        "persons/<uuid:person_id>/erased/certificate.json",
        persons.certificate,
        {"form": "json"},
        name="erasure_json",
    ),
    path(
        "persons/<uuid:person_id>/erased/certificate.txt",
        persons.certificate,
        {"form": "text"},
        name="erasure_text",
    ),
    path("persons/<uuid:person_id>/report/", reports.ask, name="ask_report"),
    path("persons/<uuid:person_id>/report/<uuid:report_id>/", reports.report, name="report"),
    path(
        "persons/<uuid:person_id>/report/<uuid:report_id>/share/",
        shares.share,
        name="share_report",
    ),
    path(
        "persons/<uuid:person_id>/report/<uuid:report_id>/hand/",
        handing.hand,
        name="hand_report",
    ),
    path("persons/<uuid:person_id>/disclosures/", told.accounting, name="disclosures"),
    path("persons/<uuid:person_id>/disclosures/add/", told.note, name="note_disclosure"),
    path("disclosures/<uuid:disclosure_id>/mistake/", told.mistake, name="mistaken_disclosure"),
    path("reports/<uuid:share_id>/", shares.shared, name="shared_report"),
    path("reports/<uuid:share_id>/take-back/", shares.withdraw, name="withdraw_report"),
    path("reports/handed/<uuid:handed_id>/take-back/", handing.withdraw, name="withdraw_handed"),
    path("persons/<uuid:person_id>/export/", person_exports.ask, name="export_person"),
    path(
        "persons/<uuid:person_id>/export/<uuid:order_id>/",
        person_exports.exported,
        name="exported_person",
    ),
    path(
        "persons/<uuid:person_id>/export/<uuid:order_id>/person.json",
        person_exports.file,
        {"form": "json"},
        name="export_json",
    ),
    path(
        "persons/<uuid:person_id>/export/<uuid:order_id>/person.pdf",
        person_exports.file,
        {"form": "pdf"},
        name="export_pdf",
    ),
    path("persons/joins/<uuid:join_id>/undo/", persons.undo_join, name="undo_join"),
    path("holdings/", holdings.page, name="holdings"),
    path("jobs/", jobs.page, name="jobs"),
    path("jobs/<uuid:job_id>/cancel/", jobs.cancel, name="cancel_job"),
    path("jobs/<uuid:job_id>/retry/", jobs.retry, name="retry_job"),
    path("mail/", mail.page, name="mail"),
    path("mail/test/", mail.test, name="test_mail"),
    path("mail/letters/<slug:code>/", mail.letter, name="letter"),
    path("networks/", networks.page, name="networks"),
    path("networks/add/", networks.add, name="add_network"),
    path("networks/resume/", networks.resume, name="resume_networks"),
    path("networks/<uuid:network_id>/", networks.network, name="network"),
    path("networks/<uuid:network_id>/remove/", networks.remove, name="remove_network"),
    path("members/", members.page, name="members"),
    path("members/invite/", members.invite, name="invite"),
    path(
        "members/invitations/<uuid:invitation_id>/send/",
        members.send_again,
        name="send_invitation",
    ),
    path(
        "members/invitations/<uuid:invitation_id>/withdraw/",
        members.withdraw,
        name="withdraw_invitation",
    ),
    path("members/officers/<slug:duty>/", officers.name, name="name_officer"),
    path("members/<uuid:membership_id>/let-in/", members.let_in, name="let_in"),
    path("members/<uuid:membership_id>/role/", members.role, name="member_role"),
    path("members/<uuid:membership_id>/left/", members.left, name="left"),
    path("members/<uuid:membership_id>/sign-out/", members.sign_out, name="sign_out_member"),
    path("members/<uuid:membership_id>/report/", members.report, name="left_report"),
    path("members/<uuid:membership_id>/let-back-in/", members.let_back_in, name="let_back_in"),
    path("access/", elevations.page, name="elevations"),
    path("access/ask/", elevations.ask, name="ask"),
    path("access/<uuid:elevation_id>/", elevations.one, name="elevation"),
    path("access/<uuid:elevation_id>/back/", elevations.give_back, name="give_back"),
    path("emergency/", emergencies.page, name="emergencies"),
    path("emergency/begin/", emergencies.begin, name="begin_emergency"),
    path("emergency/end/", emergencies.end, name="end_emergency"),
    path("emergency/minutes/", emergencies.minutes, name="emergency_minutes"),
    path("emergency/<uuid:emergency_id>/", emergencies.one, name="emergency"),
    path("emergency/<uuid:emergency_id>/end/", emergencies.end_of, name="end_emergency_of"),
    path("safeguards/", safeguards.page, name="safeguards"),
    path("members/<uuid:membership_id>/second-step/", second_steps.start, name="second_step"),
    path(
        "members/<uuid:membership_id>/second-step/confirm/",
        second_steps.confirm,
        name="confirm_second_step",
    ),
    path(
        "members/<uuid:membership_id>/second-step/stop/",
        second_steps.stop,
        name="stop_second_step",
    ),
    path("settings/", settings.page, name="settings"),
    path("settings/signing-out/", settings.idle, name="idle"),
    path("settings/trusted-devices/", settings.trust, name="trust"),
    path("settings/locations/", locations.page, name="locations"),
    path("settings/locations/add/", locations.add, name="add_location"),
    path("settings/locations/<uuid:location_id>/", locations.change, name="location"),
    path("settings/locations/<uuid:location_id>/close/", locations.close, name="close_location"),
    path("settings/rules/", rules.page, name="rules"),
    path("settings/notice/", notices.page, name="notice"),
    path("settings/notice/add/", notices.add, name="add_notice"),
    path("settings/notice/publish/", notices.publish, name="publish_notice"),
    path("settings/notice/discard/", notices.discard, name="discard_notice"),
    path("settings/notice/in/<slug:language>/", notices.write, name="write_notice"),
    path("settings/notice/in/<slug:language>/look/", notices.preview, name="look_at_notice"),
    path("settings/notice/in/<slug:language>/out/", notices.take_out, name="take_out_notice"),
    path("settings/logo/", settings.logo, name="logo"),
    path("settings/logo/remove/", settings.remove_logo, name="remove_logo"),
]
