"""Routes of the gallery; included only where settings.KEEPWELL_GALLERY is on."""

from django.urls import path

from keepwell.shell.gallery import views

urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("patient/", views.patient, name="gallery_patient"),
    path("narrow/", views.narrow, name="gallery_narrow"),
    path("confirm/", views.confirm, name="gallery_confirm"),
    path("error/<str:key>/", views.error, name="gallery_error"),
]
