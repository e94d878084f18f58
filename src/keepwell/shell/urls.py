"""Routes of the frame that patients' pages need too."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from keepwell.shell import views

app_name = "shell"
urlpatterns: list[URLPattern | URLResolver] = [
    path("logo/<uuid:organisation_id>/<slug:digest>.png", views.logo, name="logo"),
]
if settings.KEEPWELL_GALLERY:
    urlpatterns.append(path("gallery/", include("keepwell.shell.gallery.urls")))
