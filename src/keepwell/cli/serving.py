"""Asking the server that runs here whether it is ready: at its own listener, by its certificate.

The staff address may lead somewhere else from here, to a proxy or nowhere: in a container it does.
"""

import http.client
import json
import ssl
from urllib.parse import urlsplit

from django.conf import settings

from keepwell.cli import listener, tls
from keepwell.cli.refusal import Refusal

_PATIENCE_SECONDS = 10
_LARGEST_ANSWER_BYTES = 65536


def look() -> str:
    """Say where the server is ready; refuse when it does not answer, or names what is away."""
    place = listener.staff_place() or listener.patients_place()
    where = f"{place.host} port {place.port}"
    try:
        status, body = _asked(place)
    except (OSError, http.client.HTTPException) as error:
        raise Refusal(
            f"nothing answers on {where} ({type(error).__name__}): is Keepwell serving?"
        ) from error
    if status != 200:
        raise Refusal(f"what answers on {where} is not ready: {_codes(body) or status}")
    return f"ready on {where}"


def _asked(place: listener.Place) -> tuple[int, bytes]:
    connection = http.client.HTTPSConnection(
        listener.way_to(place), place.port, context=_trusting(), timeout=_PATIENCE_SECONDS
    )
    try:
        host = urlsplit(settings.KEEPWELL_STAFF_URL).netloc
        connection.request("GET", "/ready", headers={"Host": host, "User-Agent": "keepwell doctor"})
        answer = connection.getresponse()
        return answer.status, answer.read(_LARGEST_ANSWER_BYTES)
    finally:
        connection.close()


def _trusting() -> ssl.SSLContext:
    """Believe whoever holds the key of the certificate that is served here, whatever it names."""
    context = ssl.create_default_context(cafile=str(tls.served().certificate))
    context.check_hostname = False
    context.verify_flags = ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    return context


def _codes(body: bytes) -> str:
    try:
        return ", ".join(str(one["code"]) for one in json.loads(body)["findings"])
    except (ValueError, KeyError, TypeError):
        return ""
