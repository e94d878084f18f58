"""The shape of an e-mail address as people type it: less than RFC 5322, enough for real ones.

Only a letter that arrives shows that there is somebody at it; the shape catches what was mistyped.
"""

import re

MAILBOX = re.compile(r"[^\s@,;:<>()]{1,64}@[^\s@,;:<>()]{1,190}\.[^\s@,;:<>().\d]{2,63}")
