"""Every route, in two sets: what patients reach and what staff reach (design.md, invariant 3)."""

from django.urls import URLPattern, URLResolver, include, path

# A clinic's logo stands on patients' pages and in staff's settings. Whoever carries a letter comes
# to the patients' door, in whatever network staff pages are kept.
_at_both: list[URLPattern | URLResolver] = [
    path("", include("keepwell.shell.urls")),
    path("", include("keepwell.office.sign_in.letter_urls")),
]
patient_routes: list[URLPattern | URLResolver] = [
    *_at_both,
    path("", include("keepwell.office.notices.urls")),
    path("", include("keepwell.office.persons.patient_urls")),
    path("", include("keepwell.products.forms.patient_urls")),
    path("", include("keepwell.products.forms.embedded_urls")),
]
staff_routes: list[URLPattern | URLResolver] = [
    *_at_both,
    path("", include("keepwell.office.urls")),
    path("", include("keepwell.office.sign_in.urls")),
    path("", include("keepwell.shell.staff_urls")),
    path("", include("keepwell.products.forms.staff_urls")),
]
urlpatterns = [*patient_routes, *(one for one in staff_routes if one not in _at_both)]

handler400 = "keepwell.shell.errors.bad_request"
handler403 = "keepwell.shell.errors.permission_denied"
handler404 = "keepwell.shell.errors.page_not_found"
handler500 = "keepwell.shell.errors.server_error"
