"""Every route, in two sets: what patients reach and what staff reach (design.md, invariant 3)."""

from django.urls import URLPattern, URLResolver, include, path

patient_routes: list[URLPattern | URLResolver] = [
    path("", include("keepwell.shell.urls")),
    path("", include("keepwell.office.notices.urls")),
    path("", include("keepwell.office.persons.patient_urls")),
    path("", include("keepwell.products.forms.patient_urls")),
    path("", include("keepwell.products.forms.embedded_urls")),
]
staff_routes: list[URLPattern | URLResolver] = [
    path("", include("keepwell.office.urls")),
    path("", include("keepwell.office.sign_in.urls")),
    path("", include("keepwell.shell.staff_urls")),
    path("", include("keepwell.products.forms.staff_urls")),
]
urlpatterns = [*patient_routes, *staff_routes]

handler400 = "keepwell.shell.errors.bad_request"
handler403 = "keepwell.shell.errors.permission_denied"
handler404 = "keepwell.shell.errors.page_not_found"
handler500 = "keepwell.shell.errors.server_error"
