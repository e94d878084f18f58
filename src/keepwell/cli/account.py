"""Who types: the account of the operating system, as the trail names it."""

import os
import pwd
from pathlib import Path

LOGIN = Path("/proc/self/loginuid")
NOBODY = 2**32 - 1  # as the kernel says it: this process descends from no sign-in


def unix_account() -> str:
    """Return the account this process runs as, and who signed in to become it: "ada as keepwell".

    Not LOGNAME, USER or SUDO_USER, which anybody can set. Who signed in is noted by the kernel when
    somebody does (pam_loginuid(8)) and outlasts sudo; where it was not, the account stands alone.
    """
    own, typed = _name_of(os.getuid()), _signed_in()
    return own if typed in ("", own) else f"{typed} as {own}"


def _signed_in() -> str:
    try:
        number = int(LOGIN.read_text("ascii"))
    except (OSError, ValueError):  # a kernel that does not say
        return ""
    return "" if number == NOBODY else _name_of(number)


def _name_of(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:  # a container's user without a name
        return f"uid {number}"
