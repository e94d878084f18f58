"""A small mail server on loopback (RFC 5321, STARTTLS, AUTH PLAIN) that can refuse as told."""

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from keepwell.safeguards.mail.servers import Tls
from keepwell.toolkit import certificates, clock

USER, PASSWORD = "keepwell", "a password for mail"


@dataclass
class MailServer:
    """What it was given, and how it answers."""

    tls: Tls
    context: ssl.SSLContext
    offers_tls: bool = True
    offers_sign_in: bool = True
    answer: str = "250 taken"  # to RCPT
    port: int = 0
    given: list[bytes] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)
    said_in_clear: list[str] = field(default_factory=list)


class _Talk(socketserver.StreamRequestHandler):
    """One connection."""

    is_private = False
    server: "_Listener"

    def setup(self) -> None:
        """Begin in TLS where the server is told to."""
        if self.server.told.tls is Tls.IMPLICIT:
            self.request = self.server.told.context.wrap_socket(self.request, server_side=True)
            self.is_private = True
        super().setup()

    def handle(self) -> None:
        """Answer each line until the client goes."""
        self._say("220 tests ESMTP")
        while line := self.rfile.readline().decode().strip():
            if not self.is_private:
                self.server.told.said_in_clear.append(line)
            if not self._answer(*line.partition(" ")[::2]):
                return

    def finish(self) -> None:
        """Close what was wrapped; the server closes only what it accepted."""
        super().finish()
        self.connection.close()

    def _answer(self, verb: str, rest: str) -> bool:
        told = self.server.told
        match verb.upper():
            case "EHLO":
                offer = told.tls is Tls.STARTTLS and told.offers_tls and not self.is_private
                offered = "AUTH PLAIN" if told.offers_sign_in else "8BITMIME"
                self._say("250-tests", "250 STARTTLS" if offer else f"250 {offered}")
            case "STARTTLS":
                self._say("220 go on")
                self._become_private()
            case "AUTH":
                self._sign_in(rest)
            case "RCPT":
                self._say(told.answer)
            case "DATA":
                self._take()
            case "QUIT":
                self._say("221 bye")
                return False
            case _:
                self._say("250 yes")
        return True

    def _become_private(self) -> None:
        self.rfile.close()
        self.wfile.close()
        self.connection = self.server.told.context.wrap_socket(self.request, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)
        self.is_private = True

    def _sign_in(self, rest: str) -> None:
        _, user, password = base64.b64decode(rest.split()[1]).decode().split("\0")
        is_right = (user, password) == (USER, PASSWORD)
        self._say("235 welcome" if is_right else "535 no")
        if is_right:
            self.server.told.signed_in.append(user)

    def _take(self) -> None:
        self._say("354 go on")
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.server.told.given.append(b"".join(lines))
        self._say("250 taken")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


class _Listener(socketserver.ThreadingTCPServer):
    """The socket; what clients do to it is not our fault."""

    daemon_threads = True
    allow_reuse_address = True
    told: MailServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that does not believe us hangs up, which is what is tested."""


@contextmanager
def mail_server(
    folder: Path, *, tls: Tls = Tls.STARTTLS, host: str = "localhost", offers_tls: bool = True
) -> Iterator[MailServer]:
    """Serve on loopback while the block runs; the certificate is for `host`, by an own authority.

    The authority's certificate is `folder/ca.pem`.
    """
    authority = certificates.make_authority(clock.now())
    leaf = certificates.make_leaf(authority, [host], clock.now())
    (folder / "ca.pem").write_bytes(authority.certificate_pem())
    (folder / "leaf.pem").write_bytes(leaf.certificate_pem() + leaf.key_pem())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "leaf.pem")
    told = MailServer(tls, context, offers_tls)
    with _Listener(("127.0.0.1", 0), _Talk) as listener:
        listener.told = told
        told.port = listener.server_address[1]
        thread = threading.Thread(target=listener.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield told
        listener.shutdown()
        thread.join()
