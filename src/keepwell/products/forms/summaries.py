"""A submission for those who read it: sealed sections with counts, or opened ones with answers."""

from dataclasses import dataclass

from django.views.decorators.debug import sensitive_variables

from keepwell.products.forms.answers import marked_person
from keepwell.products.forms.compiled import CompiledForm, Item
from keepwell.products.forms.models import Submission
from keepwell.products.forms.rendering import check_view
from keepwell.products.forms.rendering.views import CheckRow
from keepwell.products.forms.values import from_stored
from keepwell.products.forms.versions import compiled_version, marks_of


@dataclass(frozen=True, slots=True)
class SealedSection:
    """A section before its answers are opened: what was asked, not what was answered."""

    title: str
    count: int


@dataclass(frozen=True, slots=True, repr=False)
class OpenedSection:
    """A section with its answers in words."""

    title: str
    rows: tuple[CheckRow, ...]


def sealed_sections(row: Submission) -> list[SealedSection]:
    """Return the sections of what was asked, with how many questions each has."""
    form = compiled_version(row.version)
    counted: dict[str, int] = {}
    for item in form.questions:
        title = _section_of(form, item)
        counted[title] = counted.get(title, 0) + 1
    return [SealedSection(title, count) for title, count in counted.items()]


@sensitive_variables()
def opened_sections(row: Submission) -> list[OpenedSection]:
    """Return the sections with answers; call it inside the scope that opened them."""
    form = compiled_version(row.version)
    view = check_view(form, from_stored(row.answers.open()))
    return [OpenedSection(one.heading or form.title, one.rows) for one in view.sections]


@sensitive_variables()
def name_in(row: Submission) -> str:
    """Return the name in the answers, for the heading; call it in the scope that opened them."""
    form = compiled_version(row.version)
    return marked_person(form, from_stored(row.answers.open()), marks_of(row.version)).name


def _section_of(form: CompiledForm, item: Item) -> str:
    above = list(form.above(item.index))
    return above[-1].label if above else form.title
