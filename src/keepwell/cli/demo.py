"""`keepwell demo`: serve a made-up clinic, on this machine only."""

import argparse
import json
import sys
from shlex import quote
from typing import Any, NoReturn

from django.conf import settings
from django.utils.module_loading import import_string

from keepwell.cli import folder, installation, stores, tls
from keepwell.cli.refusal import Refusal
from keepwell.cli.serve import serve
from keepwell.cli.terminal import say
from keepwell.safeguards.audit import writer
from keepwell.safeguards.identity import setup

_LOADING = {"loading": True}


def run(chosen: argparse.Namespace) -> int:
    """Load the clinic once per folder, then serve it and say what to try."""
    demo = _loaded()
    settings.KEEPWELL_DEMO = True  # the settings were read before there was a demonstration
    shown = _described(demo)

    def announce() -> None:
        say(json.dumps(shown)) if chosen.json else _say_page(shown)

    if chosen.no_serve:
        announce()
    else:
        serve(announce)
    return 0


def _loaded() -> dict[str, Any]:
    """Return the demonstration of this folder; load it when there is none."""
    path = folder.home() / folder.DEMO_FILE
    if not path.exists():
        return _load()
    demo: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if demo == _LOADING:
        raise Refusal(
            f"Loading the demonstration into {folder.home()} was interrupted. Delete that folder "
            "and start again; there is nothing but made-up people in it."
        )
    return demo


def _load() -> dict[str, Any]:
    if stores.are_in_use() and stores.are_older(None):
        _refuse_used()
    installation.make(owner_url=None)
    if not setup.is_needed():
        _refuse_used()
    path = folder.home() / folder.DEMO_FILE
    folder.write_private(path, json.dumps(_LOADING))
    demo: dict[str, Any] = import_string(settings.KEEPWELL_DEMO_LOADER)()
    writer.stop()  # its thread must not be forked
    folder.write_private(path, json.dumps(demo, indent=1))
    return demo


def _refuse_used() -> NoReturn:
    raise Refusal(
        f"{folder.home()} holds an installation that is no demonstration. Nothing was changed. "
        "Set KEEPWELL_HOME to another folder."
    )


def _described(demo: dict[str, Any]) -> dict[str, Any]:
    public = settings.KEEPWELL_PUBLIC_URL
    return {
        "staff_url": settings.KEEPWELL_STAFF_URL,
        "public_url": public,
        "ca_file": str(tls.folder() / "ca.pem"),
        "accounts": demo["accounts"],
        "forms": [
            {"title": form["title"], "version": form["version"], "link": public + form["path"]}
            for form in demo["forms"]
        ],
    }


def _say_page(shown: dict[str, Any]) -> None:
    say("Keepwell's demonstration. Everybody in it is made up: please enter no real people.\n")
    say("1. Be a patient. Open this link, best on a telephone's width, and send the form:")
    for form in shown["forms"]:
        say(f"     {form['title']}: {form['link']}")
    say(f"\n2. Be the clinic. Sign in at {shown['staff_url']} as one of these:\n")
    for account in shown["accounts"]:
        say(f"     {account['name']}, {account['role']} of {account['organisation']}")
        say(f"       e-mail    {account['email']}\n       password  {account['password']}")
        say(f"       one-time code's secret, for an authenticator app  {account['totp_secret']}\n")
    say("3. Open a submission in the inbox, then look at the trail: your opening is there.")
    say("4. In another terminal prove that the trail is whole:")
    say(f"     KEEPWELL_HOME={quote(str(folder.home()))} {quote(sys.argv[0])} verify\n")
    say(f"Browsers warn until they trust the certificate {shown['ca_file']}.")
    say("Ctrl-C ends it. Starting again serves the same clinic with the same accounts.")
