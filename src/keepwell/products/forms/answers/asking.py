"""What reading an answer needs to know, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo

from keepwell.products.forms.answers.fields import Act
from keepwell.products.forms.compiled.items import Item, PersonMarks
from keepwell.products.forms.sentences import Sentence
from keepwell.products.forms.values import Answers, Attachment, Place, Value, Values

MAX_FILE_BYTES = 1_500_000
Raw = dict[str, list[str]]


@dataclass(frozen=True)
class Setting:
    """Where and when answers are given: time zone, today's date there, and the person's marks."""

    today: date
    marks: PersonMarks
    zone: tzinfo = UTC
    max_file_bytes: int = MAX_FILE_BYTES


@dataclass(frozen=True)
class Upload:
    """A file as it was posted."""

    name: str
    content: bytes


@dataclass(frozen=True)
class AnswerError:
    """One thing to put right. `target` is the id of the input to go to."""

    place: Place
    code: str
    sentence: Sentence
    target: str


@dataclass(frozen=True)
class PageAnswers:
    """What a posted page says: all answers now, the page as it was typed, what is wrong.

    `files` are the new files by sha256, to be kept before the answers are. `revealed` are
    questions that these answers have opened on the same page.
    """

    answers: Answers
    raw: Raw
    errors: tuple[AnswerError, ...]
    act: Act
    files: Mapping[str, Upload] = field(default_factory=dict)
    revealed: frozenset[Place] = frozenset()


@dataclass(frozen=True)
class Asked:
    """One question as it was posted: the values of its parts by part name."""

    item: Item
    parts: Mapping[str, tuple[str, ...]]
    setting: Setting
    uploads: tuple[Upload, ...] = ()
    kept: tuple[Attachment, ...] = ()

    def texts(self, part: str = "") -> tuple[str, ...]:
        """Return what was posted for a part."""
        return self.parts.get(part, ())


class Unfit(Exception):  # noqa: N818  a fact about an answer, caught on the spot
    """An answer that cannot be taken: the code of its error and the part to go to."""

    def __init__(self, code: str, part: str = "", **parameters: object) -> None:
        super().__init__(code)
        self.code = code
        self.part = part
        self.parameters = parameters


@dataclass(frozen=True)
class Reading:
    """The values of one question, and what kept others from being values."""

    values: Values = ()
    unfit: tuple[Unfit, ...] = ()
    files: Mapping[str, Upload] = field(default_factory=dict)

    @staticmethod
    def of(*values: Value) -> "Reading":
        """Return a reading of values only."""
        return Reading(values)
