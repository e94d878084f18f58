"""The start-up check: a route that does not say who may use it stops Keepwell from starting."""

from typing import Any

from django.core.checks import CheckMessage, Error

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.declarations import Reach
from keepwell.safeguards.access.routes import Route, all_routes


def check_declarations(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report every route without a declaration (E001) or with a permission nobody grants (E002)."""
    return [problem for route in all_routes() for problem in _problems(route)]


def _problems(route: Route) -> list[CheckMessage]:
    where = f"{route.path} ({route.view.__module__}.{route.view.__qualname__})"
    if route.declaration is None:
        hint = "Decorate the view: @requires, @signed_in, @enrolment or @open_to_all."
        return [Error(f"{where} does not say who may use it.", hint=hint, id="access.E001")]
    permission = route.declaration.permission
    if route.declaration.reach is Reach.PERMISSION and not registry.roles_holding(str(permission)):
        hint = (
            "Name it in the grants of that app's manifest, and the manifest in config/manifests.py."
        )
        return [Error(f"{where}: no role holds {permission}.", hint=hint, id="access.E002")]
    return []
