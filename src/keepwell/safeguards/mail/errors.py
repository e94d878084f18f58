"""Why a mail did not leave. The sentences are for administrators and hold no address."""

from typing import ClassVar

from keepwell.jobs.errors import JobError


class MailServerAway(JobError):  # noqa: N818  names the fact
    """No connection, or an answer that says "later" (RFC 5321 4.2.1, 4yz)."""

    code: ClassVar[str] = "mail_server_away"
    sentence: ClassVar[str] = (
        "The mail server did not answer, or asked to wait. The message is kept and sent later."
    )


class MailServerUntrusted(JobError):  # noqa: N818  names the fact
    """The server's certificate is not of a known authority, not of this name, or out of date."""

    code: ClassVar[str] = "mail_server_untrusted"
    sentence: ClassVar[str] = (
        "The mail server could not prove that it is the one in KEEPWELL_SMTP_HOST, so nothing "
        "was sent. Check the name and its certificate; an authority of your own goes into "
        "KEEPWELL_SMTP_CA."
    )


class MailServerInClear(JobError):  # noqa: N818  names the fact
    """The server offers no TLS where TLS was asked for: somebody may have taken the offer out."""

    code: ClassVar[str] = "mail_server_in_clear"
    sentence: ClassVar[str] = (
        "The mail server offers no encryption (STARTTLS), so nothing was sent. If it listens for "
        "TLS from the first byte, set KEEPWELL_SMTP_TLS to implicit."
    )


class MailSignInRefused(JobError):  # noqa: N818  names the fact
    """The server does not take our name and password."""

    code: ClassVar[str] = "mail_sign_in_refused"
    sentence: ClassVar[str] = (
        "The mail server refused the name or password of KEEPWELL_SMTP_USER. "
        "The message is kept and sent later."
    )


class MailRefused(JobError):  # noqa: N818  names the fact
    """The server will never take this message (RFC 5321 4.2.1, 5yz)."""

    code: ClassVar[str] = "mail_refused"
    sentence: ClassVar[str] = (
        "The mail server refused the message for good: the address may not exist, or the sender "
        "may not be allowed."
    )
    is_final: ClassVar[bool] = True
