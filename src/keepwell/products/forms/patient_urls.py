"""Addresses of forms for patients, on our own site."""

from django.urls import path

from keepwell.products.forms.views import patients

app_name = "forms_patient"
urlpatterns = [
    path("f/<str:token>/", patients.start, name="start"),
    path("f/<str:token>/<int:number>/", patients.page, name="page"),
    path("f/<str:token>/check/", patients.check, name="check"),
    path("f/<str:token>/notice/", patients.notice, name="notice"),
    path("f/<str:token>/send/", patients.send, name="send"),
    path("f/<str:token>/leave/", patients.leave, name="leave"),
    path("f/<str:token>/left/", patients.left, name="left"),
]
