"""The installation as a whole: made once, checked before it is used."""

from keepwell.cli import folder, rootkey, statics, stores, tls


def make(owner_url: str | None) -> str | None:
    """Make what is missing and bring the rest up to date; return the new root key's text, if any.

    Nothing that exists is written over. A run that was interrupted is finished by the next.
    """
    folder.make()
    tls.renew()
    stores.migrate(owner_url)
    printed = rootkey.make()
    rootkey.check()
    rootkey.mark()
    statics.collect()
    return printed


def check() -> None:
    """Refuse to go on with an installation that is not whole."""
    folder.check()
    stores.check()
    stores.check_walls()
    rootkey.check()
