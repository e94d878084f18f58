"""Routes of the frame; both belong to the patients' set, the gallery only where it is switched on."""

from django.urls import path

from keepwell.shell import views

app_name = "shell"
urlpatterns = [
    path("logo/<uuid:organisation_id>/<slug:digest>.png", views.logo, name="logo"),
]
