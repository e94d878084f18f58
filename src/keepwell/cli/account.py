"""Who types: the account of the operating system, as the trail names it."""

import os
import pwd


def unix_account() -> str:
    """Return the account this process runs as: not LOGNAME or USER, which anybody can set."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:  # a container's user without a name
        return f"uid {number}"
