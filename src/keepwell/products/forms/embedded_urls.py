"""Addresses of forms for patients, in a frame on the clinic's website."""

from django.urls import path

from keepwell.products.forms.views import embedded

app_name = "forms_embedded"
urlpatterns = [
    path("e/<str:token>/", embedded.start, name="start"),
    path("e/<str:token>/<int:number>/", embedded.page, name="page"),
    path("e/<str:token>/check/", embedded.check, name="check"),
    path("e/<str:token>/notice/", embedded.notice, name="notice"),
    path("e/<str:token>/send/", embedded.send, name="send"),
    path("e/<str:token>/leave/", embedded.leave, name="leave"),
]
