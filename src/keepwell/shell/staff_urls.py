"""Routes of the frame that only staff reach."""

from django.urls import path

from keepwell.shell import views

app_name = "shell_staff"
urlpatterns = [path("stay/", views.stay, name="stay")]
