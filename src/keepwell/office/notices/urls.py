"""Addresses of the notice for anybody."""

from django.urls import path

from keepwell.office.notices import reading

app_name = "notices"
urlpatterns = [
    path("notice/<uuid:organisation_id>/", reading.notice, name="notice"),
    path("notice/<uuid:organisation_id>/<slug:language>/", reading.notice, name="in_language"),
    path(
        "notice/<uuid:organisation_id>/<int:number>/<slug:language>/",
        reading.version,
        name="version",
    ),
]
