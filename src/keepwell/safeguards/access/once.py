"""What a form makes is made once: the button pressed twice answers as if pressed once.

A form carries a token, made when it was shown (`shell.once`). From token, hand and words comes the
id of what the form makes, so that sending it again finds what is there. Other words are another
thing: whoever goes back in the browser, where old tokens come back too, and writes something else
loses nothing. The id is keyed: nobody can aim at another's.
"""

import hmac
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit.clock import now_us
from keepwell.toolkit.identifiers import uuid7, uuid7_from

COUNTS_FOR = timedelta(days=1)  # longer than a session: an older token is as good as none


@sensitive_variables()
def id_from(viewer: Viewer, once: UUID | None, *said: object) -> UUID:
    """Return the id for what a form makes; a new one where no token, or a stale one, came along.

    `said` is all that makes it this thing and no other. The id sorts by when the form was shown.
    """
    if once is None or not _is_fresh(once):
        return uuid7()
    whole = repr((viewer.organisation, viewer.actor, once, *map(str, said)))
    digest = hmac.digest(settings.SECRET_KEY.encode(), b"once/1" + whole.encode(), "sha256")
    return uuid7_from(_microseconds(once), digest[:8])


def _is_fresh(once: UUID) -> bool:
    age = now_us() - _microseconds(once)
    return once.version == 7 and 0 <= age <= COUNTS_FOR // timedelta(microseconds=1)


def _microseconds(once: UUID) -> int:
    return (once.int >> 80) * 1000
