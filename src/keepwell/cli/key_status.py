"""`keepwell keys status`: how keys stand, for a reader or a program."""

import argparse
import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from keepwell.cli import organisations
from keepwell.cli.organisations import Named
from keepwell.cli.refusal import FAILED
from keepwell.cli.terminal import say
from keepwell.safeguards.vault import standing
from keepwell.safeguards.vault.installation import INSTALLATION
from keepwell.safeguards.vault.keystore import access
from keepwell.safeguards.vault.standing import KeysStanding, RootStanding


@dataclass(frozen=True, slots=True)
class Stood:
    """One organisation and its keys."""

    named: Named
    keys: KeysStanding


def run(chosen: argparse.Namespace) -> int:
    """Print it; the status says whether the root key is well."""
    root = standing.of_root()
    asked = chosen.organisation
    named = [organisations.meant(asked)] if asked else organisations.all_of_them()
    named += [] if asked else installation()
    used_keys = import_string(settings.KEEPWELL_USED_KEYS)
    found = [Stood(each, standing.of_keys(each.id, used_keys(each.id))) for each in named]
    if chosen.json:
        say(json.dumps(_described(root, found), indent=1))
    else:
        _say_root(root)
        for one in found:
            _say_keys(one)
    return FAILED if root.finding else 0


def installation() -> list[Named]:
    """Return the installation as a keeper of keys, once it has any."""
    has_keys = INSTALLATION in access.organisations()
    return [Named(INSTALLATION, "The installation itself")] if has_keys else []


def _described(root: RootStanding, found: list[Stood]) -> dict[str, Any]:
    return {
        "root": {
            "provider": root.provider,
            "fingerprint": root.fingerprint,
            "finding": root.finding,
            "rotating": root.is_rotating,
        },
        "organisations": [
            {
                "id": str(one.named.id),
                "name": one.named.name,
                "newest": one.keys.newest,
                "wrapped": {str(version): count for version, count in one.keys.wrapped.items()},
                "waiting": one.keys.waiting,
                "spare": one.keys.spare,
            }
            for one in found
        ],
    }


def _say_root(root: RootStanding) -> None:
    say(f"Root key: {root.provider}, {root.fingerprint or 'unknown'}, {root.sentence or 'well'}")
    if root.is_rotating:
        say("  A new root key is taking over. Finish it with: keepwell keys rotate --root")


def _say_keys(one: Stood) -> None:
    keys = one.keys
    say(f"{one.named.name} ({one.named.id})")
    for version, count in keys.wrapped.items():
        wraps = ", wraps what is made now" if version == keys.newest else ""
        say(f"  version {version}: {count} data keys{wraps}")
    say(f"  {keys.spare} keys made ahead and not used yet")
    if keys.waiting:
        say(f"  {keys.waiting} keys are under older versions: keepwell keys rewrap")
