"""The address by which a letter is stopped: mail programs post to it from outside (RFC 8058)."""

from django.urls import URLPattern, path

from keepwell.office.sign_in.views import notifications

app_name = "letters"
urlpatterns: list[URLPattern] = [
    path("unsubscribe/<str:token>/", notifications.unsubscribe, name="unsubscribe"),
]
