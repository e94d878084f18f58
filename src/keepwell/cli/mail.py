"""`keepwell mail`: how mail is, and a test letter that is sent while you wait."""

import argparse
import re

from django.conf import settings
from django.utils import translation

from keepwell.cli import installation
from keepwell.cli.refusal import MISUSED, Refusal
from keepwell.cli.terminal import say
from keepwell.office.mail import letters, state
from keepwell.office.sign_in.letters import LETTERS, AccountLetter
from keepwell.safeguards.mail import smtp
from keepwell.safeguards.mail.messages import Outgoing, build
from keepwell.shell import queries
from keepwell.toolkit.identifiers import uuid7

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


def run(chosen: argparse.Namespace) -> int:
    """Do what was asked."""
    installation.check()
    return _test(chosen.address) if chosen.act == "test" else _status()


def _status() -> int:
    mail = state.present()
    if mail.server is None:
        say("No mail server is set: messages wait in the data folder. Set KEEPWELL_SMTP_HOST.")
    else:
        server = mail.server
        say(f"Mail leaves through {server.host} port {server.port}, {server.tls}.")
    say(f"From {mail.sender}. {mail.waiting} wait, {mail.failed} could not be sent.")
    if mail.reason:
        say(f"The last failure: {mail.reason}")
    return 0


def _test(address: str) -> int:
    if not _ADDRESS.fullmatch(address):
        raise Refusal(f"{address!r} is no e-mail address.", MISUSED)
    mail = state.present()
    if mail.server is None:
        raise Refusal("No mail server is set, so nothing can be sent. Set KEEPWELL_SMTP_HOST.")
    told = {"name": address.partition("@")[0], "address": settings.KEEPWELL_STAFF_URL}
    language = _language()
    with translation.override(language):
        composed = letters.compose(LETTERS[AccountLetter.TEST], told)
    outgoing = Outgoing(
        name=uuid7(),
        to=address,
        subject=composed.subject,
        text=composed.text,
        html=composed.html,
        language=language,
    )
    smtp.send(mail.server, build(outgoing, sender=mail.sender))
    say(f"{mail.server.host} has taken a test letter for {address}. See whether it arrives.")
    return 0


def _language() -> str:
    """Return the locale of the only organisation; with several, a test letter concerns none."""
    only = queries.only_organisation()
    return only.locale if only else settings.LANGUAGE_CODE
