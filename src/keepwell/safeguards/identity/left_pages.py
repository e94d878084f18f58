"""Whose page it was: a mark that goes before a page's address on the way to sign in.

At a shared desk the next colleague would else be led to the record that the last one had open, and
stand on the trail for it. The ended session's cookie cannot tell: the sign-in page's own answer
takes it away. A page without a mark was asked for when nobody was signed in (a link from a letter,
a bookmark): it is for whoever signs in.

The mark opens nothing, and the page is not signed along with it: somebody who changes either has
made a link like any other.
"""

from uuid import UUID

from django.core import signing
from django.utils.crypto import constant_time_compare

_SALT = "keepwell.identity.left-pages"


def mark_of(user: UUID | None) -> str:
    """Return an account as a keyed hash, without a slash; nothing for nobody."""
    return "" if user is None else signing.Signer(salt=_SALT).signature(str(user))


def is_for(user: UUID, mark: str) -> bool:
    """Tell whether a page of this mark is for an account: its own, or one that was nobody's."""
    return not mark or constant_time_compare(mark, mark_of(user))
