"""Every route, in two sets: what patients reach and what staff reach (design.md, invariant 3)."""

from django.urls import URLPattern, URLResolver

patient_routes: list[URLPattern | URLResolver] = []
staff_routes: list[URLPattern | URLResolver] = []
urlpatterns = [*patient_routes, *staff_routes]
