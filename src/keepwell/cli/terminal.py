"""What a command writes: answers to standard output, everything else to standard error."""

import sys


def say(text: str = "") -> None:
    """Write one line for the reader, at once: whoever reads a pipe waits for it."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def warn(text: str) -> None:
    """Write one line about trouble or progress."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
