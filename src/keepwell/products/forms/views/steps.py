"""The pages of a patient's form, whichever carriage brings them: show a step, or carry one out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_variables

from keepwell.products.forms.actions import answering
from keepwell.products.forms.actions.answering import Posted
from keepwell.products.forms.actions.sending import NoticeUnanswered, NotReady, send
from keepwell.products.forms.answers import AnswerError, Upload, check_all, read
from keepwell.products.forms.answers.fields import act_of
from keepwell.products.forms.drafting import Progress
from keepwell.products.forms.errors import DraftGone
from keepwell.products.forms.paging import (
    Page,
    first_page_with,
    page_after,
    page_numbered,
    visible_pages,
)
from keepwell.products.forms.queries.noticing import is_owed
from keepwell.products.forms.rendering import check_view, page_view
from keepwell.products.forms.values import Answers
from keepwell.products.forms.versions import compiled_version
from keepwell.products.forms.views import noticing
from keepwell.products.forms.visits import Visit
from keepwell.safeguards.records.middleware import scope_of

if TYPE_CHECKING:
    from keepwell.products.forms.models import Draft


@dataclass(frozen=True, slots=True)
class Step:
    """Where somebody is in a form; `number` counts pages from 1."""

    name: str
    number: int = 0


START = Step("start")
RESUME = Step("continue")
CHECK = Step("check")
DONE = Step("done")
NOTICE = Step("notice")
LEAVE = Step("leave")
LEFT = Step("left")
HELP = Step("help")


def instead(visit: Visit, step: Step, *, is_posted: bool) -> Step | None:
    """Return where to go when this step cannot be reached: sent, closed, nothing held.

    Answers posted to a draft that was cleared in another window, or is too old, are gone too: the
    page that says so comes before a new beginning.
    """
    if visit.submission is not None:
        return None if step == DONE else DONE
    if visit.draft is None and visit.entrance.is_open and is_posted:
        return LEFT
    if visit.draft is None or not visit.entrance.is_open:
        return opening(visit)
    return None


# -- carrying out -------------------------------------------------------------------------------


def carry_out(request: HttpRequest, visit: Visit, step: Step) -> Step:
    """Carry out the POST of a step; return the step to show next."""
    if step.name == "page":
        return answer(request, visit, step.number)
    if step == NOTICE:
        return answer_notice(request, visit)
    return send_answers(request, visit) if step == DONE else clear(visit)


@sensitive_variables()
def answer(request: HttpRequest, visit: Visit, number: int) -> Step:
    """Keep a posted page; return the page to show next."""
    draft = _draft(visit)
    form = compiled_version(draft.version)
    posted = Posted(_page(draft, number), _data(request), _uploads(request), visit.setting)
    kept = answering.answer_page(visit.viewer, draft=draft, scope=scope_of(request), posted=posted)
    if not kept.is_taken:
        return Step("page", number)
    if act_of(form, request.POST.get("act", "")).which == "check":
        return _closing(visit, kept.progress)
    following = page_after(form, kept.progress.answers, number)
    return Step("page", following.number) if following else _closing(visit, kept.progress)


def _closing(visit: Visit, progress: Progress) -> Step:
    """Return what follows the last page: the notice where it is asked about, else the check."""
    return NOTICE if is_owed(visit.viewer, _draft(visit), progress) else CHECK


@sensitive_variables()
def answer_notice(request: HttpRequest, visit: Visit) -> Step:
    """Keep what was said about the notice; nothing chosen asks again."""
    viewer, draft = visit.viewer, _draft(visit)
    given = noticing.answer_in(viewer, draft, request.POST)
    if given is None:
        return CHECK
    answering.answer_notice(viewer, draft=draft, scope=scope_of(request), answer=given)
    return CHECK if given.is_given else NOTICE


def send_answers(request: HttpRequest, visit: Visit) -> Step:
    """Send, or show what has to be put right first."""
    if visit.submission is not None:
        return DONE
    try:
        send(visit.viewer, draft=_draft(visit), scope=scope_of(request), setting=visit.setting)
    except NotReady:
        return CHECK
    except NoticeUnanswered:
        return NOTICE
    return DONE


def clear(visit: Visit) -> Step:
    """Erase the draft."""
    if visit.draft is not None:
        answering.clear_draft(visit.viewer, draft=visit.draft)
    return LEFT


# -- showing ------------------------------------------------------------------------------------


@sensitive_variables()
def show(request: HttpRequest, visit: Visit, step: Step) -> HttpResponse:
    """Show a step; answers it needs are opened in the request's scope, as the respondent's act."""
    step = _visible(request, visit, step)
    context = {
        "organisation": visit.entrance.organisation,
        "form": compiled_version(visit.version),
        "ways": visit.ways,
        "is_known": True,
    }
    context |= _CONTEXT[step.name](request, visit, step)
    response = render(request, f"forms/patient/{step.name}.html", context)
    response.status_code = 404 if step == HELP else 200
    return response


def opening(visit: Visit) -> Step:
    """Return what somebody sees who follows the link: what this device holds comes first."""
    if visit.submission is not None:
        return DONE
    if not visit.entrance.is_open:
        return HELP
    return RESUME if visit.draft is not None else START


def _visible(request: HttpRequest, visit: Visit, step: Step) -> Step:
    """Return the step itself, or the next one for a page that the answers so far leave out.

    Where nothing was sent yet there is no reference to show: an error page's "Try again" leads
    here, so all answers and the button are shown again.
    """
    if step == DONE and visit.submission is None:
        return CHECK
    if step.name != "page":
        return step
    draft = _draft(visit)
    form, answers = compiled_version(draft.version), _progress(request, draft).answers
    if _page(draft, step.number) in visible_pages(form, answers):
        return step
    following = page_after(form, answers, step.number)
    return Step("page", following.number) if following else CHECK


def _nothing(request: HttpRequest, visit: Visit, step: Step) -> dict[str, Any]:
    return {}


def _page_context(request: HttpRequest, visit: Visit, step: Step) -> dict[str, Any]:
    draft = _draft(visit)
    page = _page(draft, step.number)
    form, progress = compiled_version(draft.version), _progress(request, draft)
    left = progress.left.get(page.number)
    errors: tuple[AnswerError, ...] = ()
    if left is not None and left.is_checked:
        again = read(form, page, left.raw, before=progress.answers, setting=visit.setting)
        errors = again.errors
    view = page_view(
        form,
        page,
        progress.answers,
        setting=visit.setting,
        raw=left.raw if left else None,
        errors=errors,
    )
    return {"view": view}


def _check_context(request: HttpRequest, visit: Visit, step: Step) -> dict[str, Any]:
    draft = _draft(visit)
    form, progress = compiled_version(draft.version), _progress(request, draft)
    errors = check_all(form, progress.answers, visit.setting, progress.raws())
    return {
        "view": check_view(form, progress.answers, errors),
        "errors": errors,
        "noticed": progress.notice if progress.notice and progress.notice.is_given else None,
    }


def _notice_context(request: HttpRequest, visit: Visit, step: Step) -> dict[str, Any]:
    draft = _draft(visit)
    return noticing.context_of(visit.viewer, draft, _progress(request, draft))


def _resume_context(request: HttpRequest, visit: Visit, step: Step) -> dict[str, Any]:
    return {"resume": _resume(request, visit)}


def _done_context(request: HttpRequest, visit: Visit, step: Step) -> dict[str, Any]:
    if visit.submission is None:
        raise DraftGone
    return {
        "reference": visit.submission.reference,
        "arrived": visit.submission.arrived,
        "may_begin_anew": visit.entrance.is_open,
    }


_CONTEXT = {
    "start": _nothing,
    "continue": _resume_context,
    "page": _page_context,
    "check": _check_context,
    "notice": _notice_context,
    "leave": _resume_context,
    "left": _nothing,
    "done": _done_context,
    "help": _nothing,
}


def _resume(request: HttpRequest, visit: Visit) -> str:
    """Return the address at which answering goes on: the first page with something missing."""
    draft = _draft(visit)
    form, progress = compiled_version(draft.version), _progress(request, draft)
    errors = check_all(form, progress.answers, visit.setting, progress.raws())
    missing = first_page_with(form, [error.place.link_id for error in errors])
    unseen = _first_unanswered(draft, progress.answers)
    numbers = [page.number for page in (missing, unseen) if page is not None]
    return visit.ways.page(min(numbers)) if numbers else visit.ways.check


def _first_unanswered(draft: "Draft", answers: Answers) -> Page | None:
    """Return the first visible page after the last one that holds an answer."""
    form = compiled_version(draft.version)
    given = {form.by_link_id[place.link_id] for place in answers.values}
    pages = visible_pages(form, answers)
    last = max((page.number for page in pages if given & {*page.questions}), default=0)
    return next((page for page in pages if page.number > last), None)


def _progress(request: HttpRequest, draft: "Draft") -> Progress:
    scope_of(request).open([draft], "answers")
    return Progress.from_stored(draft.answers.open())


def _draft(visit: Visit) -> "Draft":
    if visit.draft is None:
        raise DraftGone
    return visit.draft


def _page(draft: "Draft", number: int) -> Page:
    page = page_numbered(compiled_version(draft.version), number)
    if page is None:
        raise Http404
    return page


def _data(request: HttpRequest) -> Mapping[str, Sequence[str]]:
    return dict(request.POST.lists())


def _uploads(request: HttpRequest) -> Mapping[str, Sequence[Upload]]:
    return {
        name: tuple(Upload(file.name or "", file.read()) for file in files)
        for name, files in request.FILES.lists()
    }
