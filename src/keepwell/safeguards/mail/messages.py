"""One message as it travels: plain text and simple HTML, for one address."""

from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parsedate_to_datetime
from uuid import UUID

from keepwell.toolkit import clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What is said to whom. `name` is the same in every try, so that receivers see a repetition."""

    name: UUID
    to: str
    subject: str
    text: str
    html: str
    language: str
    lasts: timedelta | None = None  # after that it is of no use and is not sent any more


def build(outgoing: Outgoing, *, sender: str) -> EmailMessage:
    """Return the message (RFC 5322). Raises ValueError for a line end in a header (ASVS 1.3.11)."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = outgoing.to
    message["Subject"] = outgoing.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{outgoing.name}@{domain_of(sender)}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answers it
    if outgoing.lasts is not None:
        message["Expires"] = format_datetime(clock.now() + outgoing.lasts)  # RFC 4021 2.1.50
    message.set_content(outgoing.text)
    message.add_alternative(outgoing.html, subtype="html")
    message["Content-Language"] = outgoing.language  # last: the body takes such headers with it
    return message


def domain_of(sender: str) -> str:
    """Return what follows the @ of an address, with or without a name before it."""
    return sender.rpartition("@")[2].rstrip(">")


def is_past(message: EmailMessage) -> bool:
    """Tell whether a message that waited is of no use any more."""
    expires = message["Expires"]
    return expires is not None and parsedate_to_datetime(str(expires)) < clock.now()
