"""The root key file: made once, beside a keystore that has none yet, and printed to be kept."""

from django.db import connections

from keepwell.cli import folder
from keepwell.cli.refusal import Refusal
from keepwell.safeguards.vault import root
from keepwell.safeguards.vault.errors import RootKeyError

_PRINTED = """
Print these lines and keep them apart from this machine. Whoever has them and the data can read
everything; without them and without root.key nothing that was sealed can ever be read again.

{text}"""


def make() -> str | None:
    """Make the root key of a new keystore; return the text to print, or None when there was one.

    A marked keystore belongs to a key that exists somewhere: a new one would only hide that.
    """
    path = folder.home() / "root.key"
    if path.exists() or root.is_marked():
        return None
    try:
        made = root.FileRoot.create(path)
    except RootKeyError as error:
        raise Refusal(str(error)) from error
    return _PRINTED.format(text=made.escrow())


def check() -> None:
    """Refuse a root key that is missing, readable by others, damaged or of another keystore."""
    try:
        root.check()
    except RootKeyError as error:
        raise Refusal(f"{folder.home() / 'root.key'}: {error}") from error
    finally:
        connections["keys"].close()


def mark() -> None:
    """Tie keystore and root key together: a wrong key is then noticed before it seals anything."""
    root.mark()
