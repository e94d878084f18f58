"""Addresses of sign-in, second step, set-up and one's own account."""

from django.urls import path

from keepwell.office.rules import views as rules
from keepwell.office.sign_in.views import (
    accepting,
    account,
    arriving,
    enrolling,
    joining,
    look,
    notifications,
    passkeys,
    replacing,
    resetting,
    setting_up,
)

app_name = "sign_in"
urlpatterns = [
    path("sign-in/", arriving.password, name="password"),
    path("sign-in/code/", arriving.code, name="code"),
    path("sign-in/code/passkey/", passkeys.second_step, name="code_passkey"),
    path("sign-in/passkey/", passkeys.arrive, name="passkey"),
    path("sign-in/passkey/challenge/", passkeys.challenge, name="passkey_challenge"),
    path("sign-in/recovery-code/", arriving.recovery_code, name="recovery_code"),
    path("sign-in/organisation/", arriving.organisation, name="organisation"),
    path("sign-in/rules/", accepting.accept, name="accept"),
    path("sign-out/", arriving.sign_out, name="out"),
    path("second-step/", enrolling.app, name="enrol"),
    path("second-step/qr.svg", enrolling.picture, name="qr"),
    path("second-step/recovery-codes/", enrolling.codes, name="codes"),
    path("second-step/new/", replacing.app, name="replacement"),
    path("second-step/new/qr.svg", replacing.picture, name="replacement_qr"),
    path("second-step/lost/<str:token>/", replacing.begin, name="replace_lost"),
    path("set-up/<str:token>/", setting_up.set_up, name="set_up"),
    path("join/<str:token>/", joining.join, name="join"),
    path("sign-in/waiting/", joining.waiting, name="waiting"),
    path("password/forgotten/", resetting.forgotten, name="forgotten"),
    path("password/new/<str:token>/", resetting.new_password, name="new_password"),
    path("unsubscribe/<str:token>/", notifications.unsubscribe, name="unsubscribe"),
    path("account/", account.overview, name="account"),
    path("account/password/", account.password, name="change_password"),
    path("account/again/<str:reason>/", account.again, name="again"),
    path("account/look/", look.page, name="look"),
    path("account/notifications/", notifications.page, name="notifications"),
    path("account/rules/", rules.mine, name="rules"),
    path("account/app/", account.app, name="replace_app"),
    path("account/app/qr.svg", account.picture, name="replace_qr"),
    path("account/app/remove/", passkeys.remove_app, name="remove_app"),
    path("account/passkeys/add/", passkeys.add, name="add_passkey"),
    path("account/passkeys/challenge/", passkeys.challenge_to_add, name="add_passkey_challenge"),
    path("account/passkeys/<uuid:passkey_id>/remove/", passkeys.remove, name="remove_passkey"),
    path("account/recovery-codes/", account.codes, name="new_codes"),
    path("account/second-step/stop/", account.stop_replacement, name="stop_replacement"),
    path("account/sessions/end/", account.end_all, name="end_all"),
    path("account/sessions/<uuid:session_id>/end/", account.end_session, name="end_session"),
]
