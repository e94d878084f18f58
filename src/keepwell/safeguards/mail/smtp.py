"""Handing a message to a mail server: TLS with a verified certificate, or not at all.

Clear text is for a relay on this machine only; the settings refuse it elsewhere.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from keepwell.safeguards.mail import errors
from keepwell.safeguards.mail.messages import domain_of
from keepwell.safeguards.mail.servers import Server, Tls

TIMEOUT_SECONDS = 20
FIRST_PERMANENT = 500


def send(server: Server, message: EmailMessage) -> None:
    """Return when the server has taken the message; raise one of `mail.errors` if it has not."""
    with _explained(), _connected(server, domain_of(str(message["From"]))) as connection:
        if server.user:
            _sign_in(connection, server)
        connection.send_message(message)


def check(server: Server) -> None:
    """Return when the server can be used: it answers, is believed, and takes our name.

    Nothing is sent. Raises one of `mail.errors`.
    """
    with _explained(), _connected(server, "localhost") as connection:
        if server.user:
            _sign_in(connection, server)
        connection.noop()


@contextmanager
def _connected(server: Server, we_are: str) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context(cafile=server.ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    connection: smtplib.SMTP
    if server.tls is Tls.IMPLICIT:
        connection = smtplib.SMTP_SSL(
            server.host, server.port, we_are, timeout=TIMEOUT_SECONDS, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, we_are, timeout=TIMEOUT_SECONDS)
    with connection:
        if server.tls is Tls.STARTTLS:
            _turn_private(connection, context)
        yield connection


def _turn_private(connection: smtplib.SMTP, context: ssl.SSLContext) -> None:
    try:
        connection.starttls(context=context)
    except smtplib.SMTPNotSupportedError:
        raise errors.MailServerInClear from None


def _sign_in(connection: smtplib.SMTP, server: Server) -> None:
    try:
        connection.login(server.user, server.password)
    except smtplib.SMTPNotSupportedError:  # it offers no way to sign in
        raise errors.MailSignInRefused from None


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what smtplib raises, whose text quotes addresses, into errors that do not."""
    try:
        yield
    except ssl.SSLCertVerificationError:
        raise errors.MailServerUntrusted from None
    except smtplib.SMTPAuthenticationError:
        raise errors.MailSignInRefused from None
    except smtplib.SMTPNotSupportedError:  # an address in letters it cannot take (RFC 6531)
        raise errors.MailRefused from None
    except smtplib.SMTPRecipientsRefused as refused:
        raise _by_code(code for code, _ in refused.recipients.values()) from None
    except smtplib.SMTPResponseException as refused:
        raise _by_code([refused.smtp_code]) from None
    except (OSError, smtplib.SMTPException):
        raise errors.MailServerAway from None


def _by_code(codes: "Iterator[int] | list[int]") -> Exception:
    is_final = all(code >= FIRST_PERMANENT for code in codes)
    return errors.MailRefused() if is_final else errors.MailServerAway()
