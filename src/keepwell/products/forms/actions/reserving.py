"""For whom what arrives through a form is kept: named colleagues, or whoever's role opens it."""

from uuid import UUID

from keepwell.products.forms.errors import NobodyNamed
from keepwell.products.forms.events import FormsEvent
from keepwell.products.forms.models import Form
from keepwell.products.forms.permissions import FormsPermission
from keepwell.products.forms.queries.reach import FORM, forms_within, need_all_of
from keepwell.products.forms.queries.reserved import may_name
from keepwell.safeguards.access import reserving
from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.access.locations.placing import MEMBERSHIP
from keepwell.safeguards.access.queries import allow, within_reach
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer


def reserve(viewer: Viewer, *, form_id: UUID, members: frozenset[UUID] | None, reason: str) -> bool:
    """Keep what arrived and will arrive for these members; None: for nobody in particular.

    It holds from the next request on. Tells whether anything changed. Once it is kept, only who is
    named and owners say for whom. Raises NobodyNamed, and OutOfReach for who does not work here.
    """
    allow(viewer, FormsPermission.FORM_PUBLISH)
    if members is not None and not members:
        raise NobodyNamed
    with wall.writing(viewer.organisation):
        form: Form = within_reach(forms_within(viewer).select_for_update(), id=form_id)
        need_all_of(viewer, form)
        if not may_name(viewer, form):
            raise NotPermitted
        before = frozenset(one.pk for one in reserving.named_for(FORM, form.pk))
        if (form.is_reserved, before) == (members is not None, members or frozenset()):
            return False
        form.is_reserved = members is not None
        form.save(update_fields=["is_reserved"])
        reserving.name(viewer.organisation, FORM, form.pk, members or frozenset())
        _record(viewer, form, members or frozenset(), reason)
    return True


def _record(viewer: Viewer, form: Form, members: frozenset[UUID], reason: str) -> None:
    named = (Subject(MEMBERSHIP, tuple(sorted(members))),) if members else ()
    record(
        viewer,
        FormsEvent.FORM_RESERVED,
        subjects=[Subject(FORM, (form.pk,)), *named],
        reason=reason,
        detail={"reserved": "yes" if members else "no"},
    )
