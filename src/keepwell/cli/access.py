"""`keepwell access`: the ways back in from the server, and who may what.

A list of networks that shuts everybody out, an owner who lost phone and codes: each is mended here
by a named unix account with a reason, on the trail, and without switching a safeguard off for good.
"""

import argparse
import json
from collections.abc import Callable, Mapping

from django.conf import settings

from keepwell.cli import installation, organisations, probe
from keepwell.cli.account import unix_account
from keepwell.cli.organisations import Named
from keepwell.cli.refusal import FAILED, Refusal
from keepwell.cli.terminal import say
from keepwell.office.sign_in import mail
from keepwell.safeguards.access import policy, ranges, viewers
from keepwell.safeguards.access.networks import actions as network_actions
from keepwell.safeguards.access.networks import queries as network_queries
from keepwell.safeguards.access.queries import organisations_of, role_of
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit import writer
from keepwell.safeguards.identity import accounts, replacing, second_factor
from keepwell.safeguards.identity.models import User
from keepwell.safeguards.records.catalogue import sealed_fields
from keepwell.safeguards.tenancy.viewer import Viewer

_LINK = """\
This link lets {email} add a new second step. It works once, for an hour, and only with the
account's password; the present second step counts until the new one is in place. Its sessions are
ended, and the account and the other owners are told by mail. Give it to nobody else: it is not
shown again.

  {url}"""


def run(chosen: argparse.Namespace) -> int:
    """Do what was asked."""
    acts: Mapping[str, Callable[[argparse.Namespace], int]] = {
        "matrix": _matrix,
        "networks": _networks,
        "second-factor": _reset,
    }
    try:
        return acts[chosen.act](chosen)
    finally:
        writer.stop()


def _networks(chosen: argparse.Namespace) -> int:
    if chosen.step == "show":
        installation.check()
    else:
        installation.check_to_write()
    named = organisations.meant(chosen.organisation)
    viewer = viewers.console(named.id, account=unix_account())
    return _show(named, viewer) if chosen.step == "show" else _open(named, viewer, chosen.reason)


def _show(named: Named, viewer: Viewer) -> int:
    rows = network_queries.listed(viewer)
    if not rows:
        say(f"{named.name}: no networks are listed: members may come in from anywhere.")
    for row in rows:
        state = "  suspended" if row.suspended else ""
        whom = row.role or "everybody"
        say(f"{row.network:{ranges.LONGEST}}  {whom:16}{row.name}{state}")
    return 0


def _open(named: Named, viewer: Viewer, reason: str) -> int:
    count = network_actions.suspend(viewer, reason=reason)
    if not count:
        say(f"{named.name}: no network list is in force. Nothing was changed.")
        return 0
    say(
        f"{named.name}: the list of {count} is suspended, on the trail. Members may come in from "
        "anywhere until an owner lets it count again on the page Networks."
    )
    return 0


def _reset(chosen: argparse.Namespace) -> int:
    installation.check_to_write()
    user = accounts.open_account(chosen.email)
    if user is None:
        raise Refusal(f"No open account has the address {chosen.email}. Nothing was changed.")
    if not _is_owner(user):
        raise Refusal("This way back is for owners, and this account is none. Nothing was changed.")
    if not second_factor.has_second_step(user):
        raise Refusal("This account has no second step yet: signing in asks for a first one.")
    path = replacing.order(user, account=unix_account(), reason=chosen.reason)
    mail.tell_of_factor_link(user)
    say(_LINK.format(email=user.email, url=settings.KEEPWELL_STAFF_URL + path))
    return 0


def _is_owner(user: User) -> bool:
    return any(role_of(user.pk, one.pk) is Role.OWNER for one in organisations_of(user))


def _matrix(chosen: argparse.Namespace) -> int:
    matrix = policy.matrix()
    found = _asked() if chosen.probe else None
    if chosen.json:
        shown: dict[str, object] = {
            "roles": list(policy.ROLES),
            "permissions": matrix,
            "whole": policy.whole(),
            "raisable": policy.raisable(),
            "emergency": policy.emergency(),
            "fields": {f"{one.model}.{one.field}": one.opened_by for one in sealed_fields()},
        }
        if found is not None:
            shown |= {"asked": found.asked, "differences": found.differences}
        say(json.dumps(shown, indent=1))
    else:
        _say_matrix(matrix)
        if found is not None:
            _say_found(found)
    return FAILED if found is not None and found.differences else 0


def _asked() -> probe.Found:
    installation.check_to_write()
    return probe.run(account=unix_account())


def _say_matrix(matrix: Mapping[str, list[str]]) -> None:
    widest = max(len(permission) for permission in matrix)
    say(" ".join([" " * widest, *policy.ROLES]))
    for permission, roles in matrix.items():
        cells = [("yes" if role in roles else "-").ljust(len(role)) for role in policy.ROLES]
        say(" ".join([permission.ljust(widest), *cells]).rstrip())


def _say_found(found: probe.Found) -> None:
    say(
        f"\n{found.asked} answers of the running system asked for, {len(found.differences)} differ."
    )
    for difference in found.differences:
        say(f"  {difference}")
