"""`keepwell routes`: every address, how it may be asked, who may ask, and on which surface."""

import argparse
import json

from keepwell.cli.terminal import say
from keepwell.safeguards.access import routes


def run(chosen: argparse.Namespace) -> int:
    """List the routes as a table, or as JSON for the route walk."""
    listed = [(method, route) for route in routes.all_routes() for method in sorted(route.methods)]
    if chosen.json:
        say(json.dumps([_described(method, route) for method, route in listed], indent=1))
        return 0
    for method, route in listed:
        say(f"{method:7} {route.surface:8} {route.path:60} {route.access}")
    return 0


def _described(method: str, route: routes.Route) -> dict[str, str]:
    return {
        "method": method,
        "path": route.path,
        "name": route.name,
        "permission": route.access,
        "surface": route.surface,
    }
