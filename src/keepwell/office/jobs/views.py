"""The page of jobs, with its two buttons."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keepwell.jobs.queue import Facts
from keepwell.office.jobs import actions, queries
from keepwell.office.jobs.words import STATES, sentence_of
from keepwell.office.mail import state
from keepwell.office.permissions import OfficePermission
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.identity.queries import names_of


@require_safe
@requires(OfficePermission.JOB_MANAGE)
def page(request: HttpRequest) -> HttpResponse:
    """Show what failed, runs, waits and ended, and what is done by the clock."""
    viewer = viewer_of(request)
    jobs = queries.jobs_of(viewer)
    names = names_of({facts.on_behalf_of for facts in jobs if facts.on_behalf_of})
    rows = [
        (facts, STATES[facts.state], sentence_of(facts.error), _name(facts, names))
        for facts in jobs
    ]
    plans = [
        (plan, STATES[plan.ended.state] if plan.ended else None)
        for plan in queries.schedules_of(viewer)
    ]
    context = {"rows": rows, "plans": plans, "mail": state.present()}
    return render(request, "office/jobs/page.html", context)


def _name(facts: Facts, names: Mapping[UUID, str]) -> str:
    return names.get(facts.on_behalf_of, "") if facts.on_behalf_of else ""


@require_POST
@requires(OfficePermission.JOB_MANAGE)
def cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Cancel a job."""
    if actions.cancel_job(viewer_of(request), job=job_id):
        messages.success(request, _("Cancelled. One that runs stops at its next step."))
    else:
        messages.info(request, _("It had already ended. Nothing was changed."))
    return redirect("office:jobs")


@require_POST
@requires(OfficePermission.JOB_MANAGE)
def retry(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Try a job again."""
    if actions.retry_job(viewer_of(request), job=job_id):
        messages.success(request, _("It is tried again now, from where it had come to."))
    else:
        messages.info(request, _("There is nothing to try again. Nothing was changed."))
    return redirect("office:jobs")
