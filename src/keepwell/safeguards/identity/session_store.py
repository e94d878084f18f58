"""Django's session engine over `SessionRecord`: what a view puts into request.session lives there.

Who is signed in is *not* in that data: it is in the record's own columns, which only
`sessions.decide` reads.
"""

from typing import Any

from django.contrib.sessions.backends.base import SessionBase, UpdateError

from keepwell.safeguards.identity import sessions
from keepwell.safeguards.identity.models import SessionRecord


class SessionStore(SessionBase):
    """The data of one session. A key that is not good now loads as an empty session without key."""

    was_key: str | None = None  # before this request gave the session another

    def load(self) -> dict[str, Any]:
        """Return the data, empty for a session that is over."""
        record = sessions.decide(self.session_key).record
        if record is None:
            self._session_key = None
            return {}
        return self.decode(record.data) if record.data else {}

    def exists(self, session_key: str) -> bool:
        """Tell whether the key was ever given out."""
        digest = sessions.digest_of(session_key)
        return SessionRecord.objects.filter(key_digest=digest).exists()

    def create(self) -> None:
        """Make a session of nobody."""
        self._session_key = sessions.open_session()
        self.save()
        self.modified = True

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002  Django's
        """Write the data; a session that ended meanwhile stays ended."""
        if self.session_key is None:
            self.create()
            return
        data = self.encode(self._get_session(no_load=must_create))  # type: ignore[attr-defined]  # in the stubs
        digest = sessions.digest_of(self.session_key)
        standing = SessionRecord.objects.filter(key_digest=digest, ended__isnull=True)
        if not standing.update(data=data):
            raise UpdateError  # ended meanwhile: nothing may bring it back

    def cycle_key(self) -> None:
        """Go on under another key; a session that has ended stays what it is."""
        self._get_session()  # type: ignore[attr-defined]  # read while its key is good
        record = sessions.decide(self.session_key).record
        key = None if record is None else sessions.renew_key(record)
        if key is not None:
            self.was_key, self._session_key, self.modified = self.session_key, key, True

    def delete(self, session_key: str | None = None) -> None:
        """End the session."""
        key = session_key or self.session_key
        record = sessions.decide(key).record
        if record is not None:
            sessions.end(record, sessions.Ending.REPLACED)

    @classmethod
    def clear_expired(cls) -> None:
        """Delete what is long over."""
        sessions.sweep()
