"""What templates of patients' pages show: plain frozen objects, every word already said."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ways:
    """The addresses of one form for patients.

    `handle` is set when the form is embedded: links then become small POST forms that carry it.
    """

    start: str
    check: str
    send: str
    leave: str
    page: Callable[[int], str]
    handle: str = ""
    notice: str = ""


@dataclass(frozen=True)
class OptionView:
    """One answer to choose."""

    id: str
    key: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class PartView:
    """One input: a line, or a box of a date."""

    id: str
    name: str
    typed: str
    label: str = ""
    size: str = ""
    fill: str = ""


@dataclass(frozen=True)
class LineView:
    """The inputs of one answer; several where a question may be answered more than once."""

    parts: tuple[PartView, ...]
    remove: str = ""
    number: int = 1


@dataclass(frozen=True)
class FileView:
    """A file that was added before."""

    sha256: str
    name: str
    size: str
    remove: str


@dataclass(frozen=True)
class QuestionView:
    """One question with all that its template needs. `kind` is the template's name."""

    kind: str
    id: str
    name: str
    label: str
    prefix: str
    hints: tuple[str, ...]
    errors: tuple[str, ...]
    is_heading: bool
    is_optional: bool
    lines: tuple[LineView, ...] = ()
    options: tuple[OptionView, ...] = ()
    files: tuple[FileView, ...] = ()
    other: PartView | None = None
    other_is_chosen: bool = False
    units: tuple[OptionView, ...] = ()
    unit: str = ""
    accept: str = ""
    input_type: str = "text"
    input_mode: str = ""
    add: str = ""
    is_many: bool = False
    is_fieldset: bool = False
    hides_label: bool = False

    @property
    def template(self) -> str:
        """Return the template of this kind of question."""
        return f"forms/patient/questions/{self.kind}.html"

    @property
    def error_lines(self) -> tuple[tuple[str, str], ...]:
        """Return the errors with their ids."""
        return tuple(
            (f"{self.name}_error{number if number > 1 else ''}", words)
            for number, words in enumerate(self.errors, 1)
        )

    @property
    def described_by(self) -> str:
        """Return the ids of hint and errors for aria-describedby."""
        hint = [f"{self.name}_hint"] if self.hints else []
        return " ".join([*hint, *(name for name, _ in self.error_lines)])

    @property
    def is_invalid(self) -> bool:
        """Tell whether this question has an error."""
        return bool(self.errors)


@dataclass(frozen=True)
class TextView:
    """A text between questions; `level` above 0 makes it a heading."""

    lines: tuple[str, ...]
    level: int = 0
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class RowView:
    """One row of a repeating group."""

    id: int
    number: int
    nodes: tuple["Node", ...]
    remove: str


@dataclass(frozen=True)
class RowsView:
    """A repeating group: its rows, and the button for another."""

    name: str
    label: str
    rows: tuple[RowView, ...]
    add: str


@dataclass(frozen=True)
class Node:
    """One thing on a page; exactly one of the three is set."""

    question: QuestionView | None = None
    text: TextView | None = None
    rows: RowsView | None = None


@dataclass(frozen=True)
class PageView:
    """A page of questions; `may_check` when every other page is answered already."""

    number: int
    position: int
    count: int
    heading: str
    section: str
    hints: tuple[str, ...]
    nodes: tuple[Node, ...]
    summary: tuple[tuple[str, str], ...]
    is_heading_a_question: bool
    has_files: bool
    back: int | None
    may_check: bool
    language: str


@dataclass(frozen=True)
class CheckRow:
    """One answer on the page on which answers are checked."""

    label: str
    values: tuple[str, ...]
    page: int
    anchor: str
    is_wrong: bool = False

    @property
    def id(self) -> str:
        """Return the id of this row."""
        return f"check-{self.anchor}"


@dataclass(frozen=True)
class CheckSection:
    """The answers of one section."""

    id: str
    heading: str
    rows: tuple[CheckRow, ...]


@dataclass(frozen=True)
class CheckView:
    """All answers, before they are sent."""

    sections: tuple[CheckSection, ...]
    back: int | None
    language: str
    summary: tuple[tuple[str, str], ...] = ()
