"""The one shape of a refusal: a code for programs, a status for HTTP, a sentence for a person."""

from typing import ClassVar


class KeepwellError(Exception):
    """Something refused or failed; the sentence says what happened, what was kept, what to do.

    Subclasses name the fact. Never put a value of a sealed field into the arguments.
    """

    code: ClassVar[str] = "failed"
    status: ClassVar[int] = 500
    sentence: ClassVar[str] = "Something went wrong. Nothing was changed."

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else str(self.sentence)
