"""Routes of the frame that only staff reach."""

from django.urls import path

from keepwell.shell import views

app_name = "shell_staff"
urlpatterns = [
    path("session/", views.session, name="session"),
    path("session/stay/", views.stay, name="stay"),
]
