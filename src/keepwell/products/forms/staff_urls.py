"""Addresses of forms for staff."""

from django.urls import path

from keepwell.products.forms.views import authoring, colleagues, inbox, links, locations, preview

app_name = "forms"
urlpatterns = [
    path("forms/", authoring.forms, name="forms"),
    path("forms/upload/", authoring.upload, name="upload"),
    path("forms/<uuid:form_id>/", authoring.form, name="form"),
    path("forms/<uuid:form_id>/upload/", authoring.upload, name="upload_version"),
    path("forms/<uuid:form_id>/preview/<int:number>/", preview.page, name="preview"),
    path("forms/<uuid:form_id>/publish/", authoring.publish, name="publish"),
    path("forms/<uuid:form_id>/locations/", locations.page, name="form_locations"),
    path("forms/<uuid:form_id>/colleagues/", colleagues.page, name="form_colleagues"),
    path("forms/<uuid:form_id>/notice/", authoring.ask_for_notice, name="ask_for_notice"),
    path("forms/<uuid:form_id>/links/", links.make, name="link"),
    path("forms/links/<uuid:link_id>/revoke/", links.revoke, name="revoke"),
    path("forms/links/<uuid:link_id>/sites/", links.embed, name="embed"),
    path("forms/links/<uuid:link_id>/qr.svg", links.picture, name="qr"),
    path("forms/links/<uuid:link_id>/poster/", links.poster, name="poster"),
    path("inbox/", inbox.page, name="inbox"),
    path("inbox/<uuid:submission_id>/", inbox.submission, name="submission"),
    path("inbox/<uuid:submission_id>/files/<uuid:file_id>/", inbox.file, name="file"),
]
