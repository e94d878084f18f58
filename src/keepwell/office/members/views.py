"""Members: the list, inviting, letting in, another role, somebody left and its report."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keepwell.office import places
from keepwell.office.mail.waiting import with_letter
from keepwell.office.members import actions, forms, lists, words
from keepwell.office.permissions import OfficePermission
from keepwell.office.reasons import ReasonForm
from keepwell.office.second_steps.words import UnderWay
from keepwell.office.sign_in import ways
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.errors import (
    AlreadyInvited,
    AlreadyMember,
    InvitationOver,
    LocationUnknown,
    OutOfReach,
    TooManyLetters,
)
from keepwell.safeguards.access.giving.queries import gives_from
from keepwell.safeguards.access.invitations import actions as invitations
from keepwell.safeguards.access.locations.queries import open_locations, where_is
from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.members import queries
from keepwell.safeguards.access.officers.queries import duties_of
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.access.replacements.queries import under_way
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.identity import second_factor
from keepwell.safeguards.identity.queries import names_of
from keepwell.shell import requests
from keepwell.shell.locations import initial_of
from keepwell.shell.once import once_of

LIST = "office:members"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(AccessPermission.MEMBER_LIST)
def page(request: HttpRequest) -> HttpResponse:
    """List who waits, who is invited, who works here and who has left; or those of a name.

    Each list has pages (?list=, ?after=). Whom one looks for is posted.
    """
    viewer = viewer_of(request)
    form = forms.FindForm(places.posted(request))
    like = form.cleaned_data["words"].strip() if form.is_valid() else ""
    after = places.id_in(request.GET.get("after", ""))
    shown = lists.lists_of(viewer, only=request.GET.get("list", ""), like=like, after=after)
    replaced = under_way(viewer)
    starters = names_of({one.started_by for one, _row in replaced})
    context = {
        "form": form,
        "like": like,
        "lists": shown,
        "found": sum(one.total for one in shown.values()),
        "duties": duties_of(viewer),
        "may_name": may(viewer, AccessPermission.OFFICER_NAME),
        "replaced": [UnderWay.of(viewer, one, row, starters) for one, row in replaced],
        "may_invite": may(viewer, AccessPermission.MEMBER_ADD),
        "may_read_trail": may(viewer, OfficePermission.TRAIL_READ),
        "may_return": may(viewer, AccessPermission.MEMBER_APPROVE),
    }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "office/members/page.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(AccessPermission.MEMBER_ADD)
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a colleague: a letter with a link goes out."""
    viewer = viewer_of(request)
    initial = {"role": Role.MEMBER.value}
    form = forms.InviteForm(
        places.posted(request),
        giver=viewer.role,
        offered=open_locations(viewer),
        initial=initial,
    )
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.invite(viewer, whom=form.whom, reason=given["reason"], once=given["once"])
        except (AlreadyInvited, AlreadyMember) as refused:
            form.add_error("email", _(refused.sentence))
        except LocationUnknown as refused:
            form.add_error("locations", _(refused.sentence))
        except TooManyLetters as refused:
            form.add_error(None, words.too_many(refused.again, requests.zone_of(request)))
        else:
            messages.success(request, words.invited(given["name"]))
            return redirect(LIST)
    status = 422 if form.is_bound else 200
    return render(request, "office/members/invite.html", {"form": form}, status=status)


@require_POST
@requires(AccessPermission.MEMBER_ADD)
def send_again(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Send an invitation once more; the link of the earlier letter stops working."""
    try:
        found = actions.send_again(
            viewer_of(request), invitation=invitation_id, once=once_of(request)
        )
    except TooManyLetters as refused:
        messages.warning(request, words.too_many(refused.again, requests.zone_of(request)))
    except InvitationOver as over:
        messages.info(request, _(over.sentence))
    else:
        messages.success(request, words.invited(found.name))
    return redirect(LIST)


@require_POST
@requires(AccessPermission.MEMBER_ADD)
def withdraw(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Withdraw an invitation: its link stops working."""
    try:
        invitations.withdraw(viewer_of(request), invitation=invitation_id)
    except InvitationOver as over:
        messages.info(request, _(over.sentence))
    else:
        messages.success(request, _("The invitation is withdrawn. Its link no longer works."))
    return redirect(LIST)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(AccessPermission.MEMBER_APPROVE)
def let_in(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """Let in who accepted an invitation, after both steps again and a word on how one knows."""
    viewer = viewer_of(request)
    row = queries.membership_of(viewer, membership_id)
    if row.ended is not None:
        messages.info(request, _("This colleague is not waiting any more."))
    if row.ended is not None or row.approved is not None:
        return redirect(LIST)
    if not ways.is_proven(request):
        return ways.ask_again(request, "members", request.path)
    opens = gives_from(viewer, row, row.role)
    form = forms.LetInForm(places.posted(request))
    if form.is_valid():
        actions.approve(viewer, membership=row.pk, reason=form.cleaned_data["reason"])
        said = _("%(name)s can sign in now, and is told so by mail.")
        messages.success(request, with_letter(said % {"name": row.user.name}))
        return redirect(LIST)
    context = {
        "form": form,
        "one": lists.waiting(viewer, [row])[0],
        "opens": opens,
        "has_app": second_factor.has_second_step(row.user),
    }
    status = 422 if form.is_bound else 200
    return render(request, "office/members/let_in.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(AccessPermission.MEMBER_CHANGE)
def role(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """Move a member to another role, other locations or both, after both steps again."""
    viewer = viewer_of(request)
    row = queries.membership_of(viewer, membership_id)
    if row.ended is not None:
        raise OutOfReach
    if not ways.is_proven(request):
        return ways.ask_again(request, "members", request.path)
    where = where_is(viewer, row)
    form = forms.RoleForm(
        places.posted(request),
        giver=viewer.role,
        offered=open_locations(viewer),
        initial={"role": row.role, "locations": initial_of(where)},
    )
    if form.is_valid():
        try:
            actions.move(viewer, membership=row.pk, **form.given)
        except LocationUnknown as refused:
            form.add_error("locations", _(refused.sentence))
        else:
            said = _("Saved for %(name)s. It holds from the next click on.")
            messages.success(request, said % {"name": row.user.name})
            return redirect(LIST)
    context = {"form": form, "row": row, "now": words.standing_of(viewer, row, where)}
    status = 422 if form.is_bound else 200
    return render(request, "office/members/role.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(AccessPermission.MEMBER_END)
def left(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """End somebody's access in one step, and show what ended.

    It does not ask for both steps again: taking access away must be quick, and gives nobody any.
    """
    viewer = viewer_of(request)
    row = queries.membership_of(viewer, membership_id)
    if row.ended is not None:
        return redirect("office:left_report", row.pk)
    form = ReasonForm(places.posted(request))
    if form.is_valid():
        actions.end(viewer, membership=row.pk, reason=form.cleaned_data["reason"])
        return redirect("office:left_report", row.pk)
    context = {
        "form": form,
        "row": row,
        "is_me": row.user_id == viewer.actor,
        "is_last_owner": queries.is_last_owner(viewer, row.pk),
        "is_out_of_hand": words.is_out_of_hand(viewer, row),
    }
    status = 422 if form.is_bound else 200
    return render(request, "office/members/left.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(AccessPermission.MEMBER_END)
def sign_out(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """End all sessions of a member, after both steps again; the membership stays as it is."""
    viewer = viewer_of(request)
    row = queries.membership_of(viewer, membership_id)
    if row.approved is None:
        raise OutOfReach
    if not ways.is_proven(request):
        return ways.ask_again(request, "members", request.path)
    form = ReasonForm(places.posted(request))
    if form.is_valid():
        count = members.end_sessions(viewer, membership=row.pk, reason=form.cleaned_data["reason"])
        messages.success(request, words.signed_out(row.user.name, count))
        return redirect(LIST)
    context = {
        "form": form,
        "row": row,
        "is_me": row.user_id == viewer.actor,
        "is_out_of_hand": words.is_out_of_hand(viewer, row),
    }
    status = 422 if form.is_bound else 200
    return render(request, "office/members/sign_out.html", context, status=status)


@require_safe
@requires(AccessPermission.MEMBER_LIST)
def report(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """Show each thing that ended when somebody left; made to be printed."""
    viewer = viewer_of(request)
    row = queries.membership_of(viewer, membership_id)
    if row.ended is None:
        raise OutOfReach
    context = {
        "row": row,
        "role": Role(row.role).label,
        "end": lists.end_of(viewer, row.pk),
        "ended": [words.Ended.of(one) for one in queries.ended_with(viewer, row.pk)],
        "may_sign_out": row.approved is not None and may(viewer, AccessPermission.MEMBER_END),
        "may_read_trail": may(viewer, OfficePermission.TRAIL_READ),
    }
    return render(request, "office/members/report.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(AccessPermission.MEMBER_APPROVE)
def let_back_in(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """Let somebody back in who had left, after both steps again: a new approval."""
    viewer = viewer_of(request)
    row = queries.membership_of(viewer, membership_id)
    if row.ended is None or row.approved is None:
        raise OutOfReach
    if not ways.is_proven(request):
        return ways.ask_again(request, "members", request.path)
    form = forms.RoleForm(
        places.posted(request),
        giver=viewer.role,
        offered=open_locations(viewer),
        initial={"role": row.role},
    )
    if form.is_valid():
        try:
            actions.readmit(viewer, membership=row.pk, **form.given)
        except LocationUnknown as refused:
            form.add_error("locations", _(refused.sentence))
        else:
            said = _("%(name)s can sign in again, and is told so by mail.")
            messages.success(request, with_letter(said % {"name": row.user.name}))
            return redirect(LIST)
    context = {"form": form, "row": row}
    status = 422 if form.is_bound else 200
    return render(request, "office/members/let_back_in.html", context, status=status)
