"""Addresses of handed reports, for the persons they are about."""

from django.urls import path

from keepwell.office.persons import handed_views

app_name = "handed"
urlpatterns = [
    path("r/<str:token>/", handed_views.report, name="report"),
    path("r/<str:token>/close/", handed_views.close, name="close"),
    path("r/<str:token>/report.pdf", handed_views.as_pdf, name="pdf"),
]
