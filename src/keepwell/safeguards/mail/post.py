"""The one way out for mail: to the server, or into the spool while there is none."""

from django.conf import settings

from keepwell.safeguards.mail import smtp, spool
from keepwell.safeguards.mail.errors import MailRefused
from keepwell.safeguards.mail.messages import Outgoing, build
from keepwell.safeguards.mail.servers import Server


def server() -> Server | None:
    """Return the mail server of this installation; None until one is set."""
    found: Server | None = settings.KEEPWELL_MAIL_SERVER
    return found


def sender() -> str:
    """Return whom mail comes from."""
    return str(settings.DEFAULT_FROM_EMAIL)


def deliver(outgoing: Outgoing) -> None:
    """Send a message, or keep it until there is a server. Called in jobs, which try again.

    A kill between the server's yes and the job's end sends it twice, with one Message-ID. Raises
    one of `mail.errors`.
    """
    message = build(outgoing, sender=sender())
    present = server()
    if present is None:
        spool.put(outgoing.name, message)
    else:
        smtp.send(present, message)


def send_waiting() -> int:
    """Send what waited for a server; return how many. Raises what stops all of them.

    What is of no use any more is deleted first, also while there is no server.
    """
    spool.drop_past()
    present, sent = server(), 0
    if present is None:
        return 0
    for path, message in spool.messages():
        try:
            smtp.send(present, message)
        except MailRefused:
            spool.set_aside(path)
            continue
        sent += 1
        path.unlink()
    return sent
