"""Turn one question into the inputs a page shows."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from keepwell.products.forms.answers.asking import AnswerError, Raw, Setting
from keepwell.products.forms.answers.choices import NO, YES
from keepwell.products.forms.answers.fields import OTHER, date_parts, name_of, part
from keepwell.products.forms.answers.files import kinds_in_words, size_in_words, taken_by
from keepwell.products.forms.answers.reading import MAX_ANSWERS
from keepwell.products.forms.answers.wording import kind_of_mark
from keepwell.products.forms.compiled import CompiledForm, Item, ItemType
from keepwell.products.forms.rendering import saying
from keepwell.products.forms.rendering.views import (
    FileView,
    LineView,
    OptionView,
    PartView,
    QuestionView,
)
from keepwell.products.forms.values import Answers, Attachment, Place
from keepwell.shell import moments

MOST_RADIOS = 15
_SPACE_FOR = ((4, "c4"), (8, "c6"), (14, "c10"), (40, "c20"))
_FILLS = {
    "name": "name", "given": "given-name", "family": "family-name", "email": "email",
    "telephone": "tel",
}  # fmt: skip
_TYPES = {"email": ("email", "email"), "telephone": ("tel", "tel")}
_HOURS = {"morning": 9, "evening": 21}
_EXAMPLES = {True: date(1951, 3, 9), False: date(2024, 3, 27)}


@dataclass(frozen=True)
class Shown:
    """A form as it is shown: what is kept, what was typed, what is wrong, what is open."""

    form: CompiledForm
    answers: Answers
    raw: Raw
    errors: tuple[AnswerError, ...]
    open_places: frozenset[Place]
    setting: Setting

    def typed(self, name: str) -> list[str]:
        """Return what was typed into a field."""
        return self.raw.get(name, [])

    def errors_at(self, place: Place) -> tuple[str, ...]:
        """Return what is wrong at a place, in words."""
        return tuple(saying.sentence(one.sentence) for one in self.errors if one.place == place)


def question_view(
    shown: Shown, item: Item, rows: tuple[int, ...], *, is_heading: bool
) -> QuestionView:
    """Return one question at its place, with what was typed and what is wrong."""
    place = shown.form.place_of(item, rows)
    view = QuestionView(
        kind="line",
        id=name_of(shown.form, place),
        name=name_of(shown.form, place),
        label=item.text.rstrip(" :") or item.label,
        prefix=item.prefix,
        hints=_hints(shown, item, rows),
        errors=shown.errors_at(place),
        is_heading=is_heading,
        is_optional=not (item.required or item.limits.min_occurs),
        is_many=item.is_many,
    )
    if item.type is ItemType.ATTACHMENT:
        return _file(shown, item, place, view)
    if item.is_choice or item.type is ItemType.BOOLEAN:
        return _choice(shown, item, view)
    return _lines(shown, item, view)


def _hints(shown: Shown, item: Item, rows: tuple[int, ...]) -> tuple[str, ...]:
    """Return the texts that belong to a question: lines below its first, helps and prompts."""
    beside = (shown.form.items[child] for child in item.children)
    texts = [
        one.text
        for one in beside
        if one.is_display
        and one.control != "unit"
        and one.index in shown.form.asked
        and shown.form.place_of(one, rows) in shown.open_places
    ]
    own = item.hint.split("\n") if item.hint else []
    return tuple(text for text in (*own, *texts, *_advice(shown, item)) if text)


def _advice(shown: Shown, item: Item) -> list[str]:
    if item.type in (ItemType.DATE, ItemType.DATE_TIME) and len(date_parts(item)) == 3:
        is_birth = kind_of_mark(item.link_id, shown.setting.marks) == "born"
        clock = [_example_of_time()] if item.type is ItemType.DATE_TIME else []
        return [_example(_EXAMPLES[is_birth]), *clock]
    if item.type is ItemType.TIME and not item.limits.entry_format:
        return [_example_of_time()]
    if item.type is ItemType.ATTACHMENT:
        limit = min(item.limits.max_bytes or shown.setting.max_file_bytes,
                    shown.setting.max_file_bytes)  # fmt: skip
        words = _("%(kinds)s, up to %(limit)s each.")
        return [words % {"kinds": kinds_in_words(item), "limit": size_in_words(limit)}]
    if item.is_many and len(item.options) > 1:
        return [_("Choose all that apply."), *_how_many(item)]
    is_shaped = item.limits.entry_format and item.type is not ItemType.DATE
    shape = [item.limits.entry_format] if is_shaped else []
    return [*shape, *_how_many(item)] if item.is_many else shape


def _how_many(item: Item) -> list[str]:
    """Say before anybody chooses how many answers are wanted."""
    least, most = item.limits.min_occurs, item.limits.max_occurs
    said = []
    if least > 1:
        said.append(
            ngettext("At least %(count)s.", "At least %(count)s.", least) % {"count": least}
        )
    if most:
        said.append(ngettext("At most %(count)s.", "At most %(count)s.", most) % {"count": most})
    return said


def _example(example: date) -> str:
    digits = " ".join(str(getattr(example, one["code"])) for one in moments.date_parts())
    words = _("For example %(digits)s for %(date)s")
    return words % {"digits": digits, "date": moments.day_of(example)}


def _example_of_time() -> str:
    written = {
        one: date_format(datetime.combine(_EXAMPLES[False], time(hour, 30)), "TIME_FORMAT")
        for one, hour in _HOURS.items()
    }
    return _("Time, for example %(morning)s or %(evening)s") % written


def _choice(shown: Shown, item: Item, view: QuestionView) -> QuestionView:
    chosen = shown.typed(view.name)
    offered = [(one.key, f"{one.prefix} {one.label}".strip()) for one in item.options]
    if item.type is ItemType.BOOLEAN and not offered:
        offered = [(YES, _("Yes")), (NO, _("No"))]
    options = tuple(
        OptionView(f"{view.name}-{number}" if number else view.id, key, label, key in chosen)
        for number, (key, label) in enumerate(offered)
    )
    is_list = not item.is_many and not item.is_open and (
        item.control in ("drop-down", "autocomplete") or len(options) > MOST_RADIOS
    )  # fmt: skip
    is_tick = len(options) == 1 and not item.is_open
    return replace(
        view,
        kind="select" if is_list and not is_tick else "choices",
        options=options,
        is_fieldset=not is_list or is_tick,
        is_many=item.is_many or is_tick,
        hides_label=says_itself(item) and not view.is_heading,
        is_optional=view.is_optional and not is_tick,
        other=_other(shown, item, view),
        other_is_chosen=OTHER in chosen,
    )


def says_itself(item: Item) -> bool:
    """Tell whether a question is one box to tick that has the question's own words."""
    if len(item.options) != 1 or item.is_open:
        return False
    words = (item.options[0].label, item.text)
    return len({text.casefold().strip(" :*.") for text in words}) == 1


def _other(shown: Shown, item: Item, view: QuestionView) -> PartView | None:
    if not item.is_open:
        return None
    name = part(view.name, OTHER)
    typed = next(iter(shown.typed(name)), "")
    return PartView(name, name, typed, item.open_label or _("Another answer"))


def _file(shown: Shown, item: Item, place: Place, view: QuestionView) -> QuestionView:
    kept = [one for one in shown.answers.values.get(place, ()) if isinstance(one, Attachment)]
    files = tuple(
        FileView(
            one.sha256, one.name, size_in_words(one.size_bytes), f"remove:{view.name}:{one.sha256}"
        )
        for one in kept
    )
    return replace(view, kind="file", files=files, accept=",".join(taken_by(item)))


def _lines(shown: Shown, item: Item, view: QuestionView) -> QuestionView:
    names = _parts_of(item)
    count = max((len(shown.typed(part(view.name, one))) for one in names), default=0)
    count = min(max(count, 1, item.limits.min_occurs), MAX_ANSWERS) if item.is_many else 1
    most = min(item.limits.max_occurs or MAX_ANSWERS, MAX_ANSWERS)
    lines = tuple(
        LineView(
            tuple(_part(shown, item, view, one, number) for one in names),
            f"remove:{view.name}:{number}" if count > max(1, item.limits.min_occurs) else "",
            number + 1,
        )
        for number in range(count)
    )
    kind = kind_of_mark(item.link_id, shown.setting.marks)
    kind_of_input, mode = _TYPES.get(kind, ("text", _mode(item)))
    is_dated = item.type in (ItemType.DATE, ItemType.DATE_TIME)
    first = lines[0].parts[0].id
    return replace(
        view,
        kind="date" if is_dated else "text" if item.type is ItemType.TEXT else "line",
        id=first,
        lines=lines,
        is_fieldset=is_dated or item.is_many,
        input_type=kind_of_input,
        input_mode=mode,
        add=f"add:{view.name}" if item.is_many and count < most else "",
        units=_units(shown, item, view),
        unit=_unit(shown.form, item),
    )


def _parts_of(item: Item) -> tuple[str, ...]:
    if item.type not in (ItemType.DATE, ItemType.DATE_TIME):
        return ("",)
    asked = date_parts(item)
    ordered = tuple(one["code"] for one in moments.date_parts() if one["code"] in asked)
    return (*ordered, "time") if item.type is ItemType.DATE_TIME else ordered


def _part(shown: Shown, item: Item, view: QuestionView, suffix: str, number: int) -> PartView:
    name = part(view.name, suffix)
    typed = shown.typed(name)
    known = {one["code"]: one for one in moments.date_parts()}.get(suffix)
    kind = kind_of_mark(item.link_id, shown.setting.marks)
    if known:
        label, size = known["label"], known["size"]
        fill = f"bday-{suffix}" if kind == "born" else ""
    elif suffix == "time":
        label, size, fill = _("Time"), "c6", ""
    else:
        label, size, fill = "", _size(item, kind), _FILLS.get(kind, "")
    return PartView(
        f"{name}-line{number + 1}" if number else name,
        name,
        typed[number] if number < len(typed) else "",
        label,
        size,
        fill,
    )


def _size(item: Item, kind: str) -> str:
    if item.type in (ItemType.INTEGER, ItemType.DECIMAL, ItemType.QUANTITY, ItemType.TIME):
        return "c6"
    if kind == "telephone":
        return "c10"
    longest = item.limits.max_length or 1000
    return next((size for limit, size in _SPACE_FOR if longest <= limit), "")


def _mode(item: Item) -> str:
    if item.type is ItemType.INTEGER:
        low = item.limits.low
        return "numeric" if low is not None and not str(low).startswith("-") else "text"
    if item.type in (ItemType.DECIMAL, ItemType.QUANTITY):
        return "decimal"
    return "url" if item.type is ItemType.URL else ""


def _unit(form: CompiledForm, item: Item) -> str:
    """Return the unit to read beside a number, when there is only one."""
    written = (form.items[child] for child in item.children)
    texts = [one.text for one in written if one.is_display and one.control == "unit"]
    units = [one.label for one in item.units] if len(item.units) == 1 else []
    return next(iter((*texts, *units)), "")


def _units(shown: Shown, item: Item, view: QuestionView) -> tuple[OptionView, ...]:
    if len(item.units) < 2 or item.type is not ItemType.QUANTITY:
        return ()
    name = part(view.name, "unit")
    chosen = shown.typed(name)
    return tuple(OptionView(name, one.key, one.label, one.key in chosen) for one in item.units)
