"""Keepwell's routes with the gallery, which an installation has not."""

from django.urls import include, path

from keepwell.config import urls

urlpatterns = [*urls.urlpatterns, path("gallery/", include("keepwell.shell.gallery.urls"))]
handler400 = urls.handler400
handler403 = urls.handler403
handler404 = urls.handler404
handler500 = urls.handler500
