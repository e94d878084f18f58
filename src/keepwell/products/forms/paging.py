"""Divide a form into pages for patients: one question or one short section at a time.

Pages do not depend on answers; whether a page is shown does. A question whose condition looks
at another one begins a new page after it, so that no page needs JavaScript to grow. Only inside
the rows of a repeating group can answers reveal more on the same page.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from keepwell.products.forms.compiled.items import CompiledForm, Item
from keepwell.products.forms.logic import enabled, places
from keepwell.products.forms.values import Answers, Place

MAX_QUESTIONS = 8


@dataclass(frozen=True)
class Page:
    """One page. `entries` are item indexes in order; a repeating group stands for all below it.

    `section` is the outermost group the page lies in, by index, or None.
    """

    number: int
    section: int | None
    entries: tuple[int, ...]
    questions: tuple[int, ...]


@dataclass
class _Draft:
    """A page being filled."""

    section: int | None
    entries: list[int] = field(default_factory=list)
    questions: list[int] = field(default_factory=list)


@lru_cache(maxsize=64)
def pages(form: CompiledForm) -> tuple[Page, ...]:
    """Return all pages of a form, in order."""
    drafts: list[_Draft] = []
    lead: list[int] = []  # texts between sections open the page that follows them
    for root in form.roots:
        item = form.items[root]
        if root not in form.asked:
            continue
        if item.is_display:
            lead.append(root)
            continue
        made = list(_split(form, item))
        if made:
            made[0].entries[:0] = lead
            lead = []
            drafts += made
    if lead and drafts:
        drafts[-1].entries += lead
    elif lead:
        drafts.append(_Draft(None, lead))
    return tuple(
        Page(number, draft.section, tuple(draft.entries), tuple(draft.questions))
        for number, draft in enumerate(drafts, 1)
    )


@dataclass(frozen=True)
class _Block:
    """What stays together: a question or text with what hangs below it, or a repeating group."""

    entries: tuple[int, ...]
    questions: tuple[int, ...]
    parent: int | None
    stands_alone: bool = False


def _split(form: CompiledForm, root: Item) -> Iterator[_Draft]:
    """Divide a section at its sub-groups, at conditions, and where it grows too long."""
    section = root.index if root.is_group else None
    blocks = list(_blocks(form, root))
    for run in _runs(form, blocks):
        yield from _chunks(run, section)


def _blocks(form: CompiledForm, item: Item) -> Iterator[_Block]:
    if item.index not in form.asked or _is_beside_a_question(form, item):
        return
    if item.is_repeating_group:
        yield from _rows_block(form, item)
        return
    together: tuple[int, ...] = ()
    if item.is_display:
        yield _Block((item.index,), (), item.parent)
    elif item.is_question:
        together = _with_children(form, item)
        yield _Block(together, together, item.parent)
    for child in item.children:
        if child not in together:
            yield from _blocks(form, form.items[child])


def _rows_block(form: CompiledForm, group: Item) -> Iterator[_Block]:
    below = (one for one in form.below(group.index) if one.is_question)
    questions = tuple(one.index for one in below if one.index in form.asked)
    if questions:
        yield _Block((group.index,), questions, group.parent, stands_alone=True)


def _with_children(form: CompiledForm, item: Item) -> tuple[int, ...]:
    """Return a question with those below it, such as the lines of an address, if they are few."""
    below = [one for one in form.below(item.index) if one.index in form.asked]
    questions = tuple(one.index for one in below if one.is_question)
    is_plain = not any(one.conditions or one.is_group for one in below)
    few = len(questions) < MAX_QUESTIONS
    return (item.index, *questions) if is_plain and few else (item.index,)


def _is_beside_a_question(form: CompiledForm, item: Item) -> bool:
    """Tell whether this is a text that belongs to a question: its hint or unit."""
    if not item.is_display:
        return False
    return item.parent is not None and form.items[item.parent].is_question


def _runs(form: CompiledForm, blocks: list[_Block]) -> Iterator[list[_Block]]:
    """Cut where a sub-group begins or ends, a repeating group stands, or a condition looks back.

    A section that is short as a whole is cut at conditions and repeating groups only.
    """
    is_short = sum(len(block.questions) for block in blocks) <= MAX_QUESTIONS
    run: list[_Block] = []
    for block in blocks:
        is_new = bool(run) and (
            block.stands_alone
            or run[-1].stands_alone
            or _looks_back(form, block, run)
            or (not is_short and _is_other_group(form, run[-1], block))
        )
        if is_new:
            yield run
            run = []
        run.append(block)
    if run:
        yield run


def _is_other_group(form: CompiledForm, before: _Block, block: _Block) -> bool:
    return _group_of(form, before) != _group_of(form, block)


def _group_of(form: CompiledForm, block: _Block) -> int | None:
    above = form.above(block.entries[0])
    return next((one.index for one in above if one.is_group), None)


def _looks_back(form: CompiledForm, block: _Block, run: list[_Block]) -> bool:
    """Tell whether showing the block depends on an answer given on the same page."""
    on_page = {index for one in run for index in one.questions}
    above = (form.items[block.entries[0]], *form.above(block.entries[0]))
    waits = {condition.question for item in above for condition in item.conditions}
    return bool(waits & on_page)


def _chunks(run: list[_Block], section: int | None) -> list[_Draft]:
    """Divide a long run into pages of about the same length."""
    needed = len(_filled(run, section, MAX_QUESTIONS))
    count = sum(len(block.questions) for block in run)
    return _filled(run, section, max(1, -(-count // needed)))


def _filled(run: list[_Block], section: int | None, size: int) -> list[_Draft]:
    drafts = [_Draft(section)]
    for block in run:
        asked = len(drafts[-1].questions)
        is_full = asked >= size or asked + len(block.questions) > MAX_QUESTIONS
        if asked and block.questions and is_full:
            drafts.append(_Draft(section))
        drafts[-1].entries += block.entries
        drafts[-1].questions += block.questions
    return drafts


def visible_pages(form: CompiledForm, answers: Answers) -> tuple[Page, ...]:
    """Return the pages that have something to ask (or, without questions, to say)."""
    open_places = enabled(form, answers)
    return tuple(page for page in pages(form) if _is_visible(form, page, answers, open_places))


def _is_visible(
    form: CompiledForm, page: Page, answers: Answers, open_places: frozenset[Place]
) -> bool:
    shown = page.questions or page.entries
    return any(
        place in open_places
        for index in shown
        for place in places(form, form.items[index], answers)
    )


def page_numbered(form: CompiledForm, number: int) -> Page | None:
    """Return the page with this number, from 1."""
    listed = pages(form)
    return listed[number - 1] if 0 < number <= len(listed) else None


def page_after(form: CompiledForm, answers: Answers, number: int) -> Page | None:
    """Return the next visible page after a number; None when the answers can be checked."""
    later = (page for page in visible_pages(form, answers) if page.number > number)
    return next(later, None)


def page_before(form: CompiledForm, answers: Answers, number: int) -> Page | None:
    """Return the nearest visible page before a number; None at the beginning."""
    earlier = [page for page in visible_pages(form, answers) if page.number < number]
    return earlier[-1] if earlier else None


def page_of(form: CompiledForm, link_id: str) -> Page | None:
    """Return the page on which an item stands or is meant."""
    item = form.item(link_id)
    wanted = {item.index} | {one.index for one in form.below(item.index)}
    listed = pages(form)
    asked = (page for page in listed if wanted & {*page.questions, *page.entries})
    return next(asked, None)


def first_page_with(form: CompiledForm, link_ids: Iterable[str]) -> Page | None:
    """Return the earliest page on which one of these items stands."""
    found = [page for link_id in link_ids if (page := page_of(form, link_id))]
    return min(found, key=lambda page: page.number, default=None)


def revealed(form: CompiledForm, page: Page, before: Answers, after: Answers) -> frozenset[Place]:
    """Return the questions of a page that new answers have opened on the page itself.

    When there are any, the page is shown again instead of the next one.
    """
    on_page = {form.items[index].link_id for index in page.questions}
    new = enabled(form, after) - enabled(form, before)
    return frozenset(
        place for place in new if place.link_id in on_page and not _is_new_row(form, place, before)
    )


def _is_new_row(form: CompiledForm, place: Place, before: Answers) -> bool:
    """Tell whether a place is new only because its row is."""
    groups = (form.items[group].link_id for group in form.item(place.link_id).groups)
    return any(
        place.rows[depth] not in before.row_ids(Place(link_id, place.rows[:depth]))
        for depth, link_id in enumerate(groups)
    )
