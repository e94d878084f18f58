"""How often an answer may be wrong, and what is kept of a code that is told separately."""

import hashlib
import hmac
from datetime import timedelta
from uuid import UUID

from django.conf import settings

from keepwell.safeguards.identity import throttle
from keepwell.toolkit import spelled

HOUR = timedelta(hours=1)
MOST_IN_AN_HOUR = 5
MOST_WRONG = 20
MINUTES_OPEN = 30  # for the browser that answered
CODE_CHARACTERS = 10  # 50 bits, told on the telephone in two halves
_DOOR = "handed-report"


def begin(address: str) -> timedelta:
    """Count a try at the network's door, also of links that never were; return how long to wait."""
    return throttle.begin_try(throttle.network_door(_DOOR, address))


def succeed(address: str) -> None:
    """Give the network back the try that was right."""
    throttle.succeed(throttle.network_door(_DOOR, address))


def hashed_code(row: UUID, code: str) -> str:
    """Return what is kept of a code: keyed, for 50 bits alone could be tried out."""
    text = f"handed report/1\0{row}\0{spelled.read(code)}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()
