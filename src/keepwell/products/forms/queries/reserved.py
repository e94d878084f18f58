"""For whom what arrives through a form is kept, and who says so."""

from dataclasses import dataclass

from keepwell.products.forms.models import Form
from keepwell.products.forms.permissions import FormsPermission
from keepwell.products.forms.queries.reach import FORM, forms_read_by
from keepwell.safeguards.access import reserving
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.queries import allow, may
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Kept:
    """Who is named for a form, and what that leaves to the viewer."""

    named: list[Membership]
    is_read: bool  # whether the viewer's role and name open what arrives
    may_name: bool


def kept_of(viewer: Viewer, form: Form) -> Kept:
    """Return for whom a form within reach is kept; nobody is named where it is not."""
    allow(viewer, FormsPermission.FORM_READ)
    with wall.reading(viewer.organisation):
        is_reached = forms_read_by(viewer).filter(pk=form.pk).exists()
        return Kept(
            named=reserving.named_for(FORM, form.pk) if form.is_reserved else [],
            is_read=is_reached and may(viewer, FormsPermission.SUBMISSION_LIST),
            may_name=may_name(viewer, form),
        )


def may_name(viewer: Viewer, form: Form) -> bool:
    """Tell whether the viewer says for whom a form is kept. Inside the caller's wall.

    Once it is kept, that is for owners and who is named: whoever is kept out lets nobody in.
    """
    if not may(viewer, FormsPermission.FORM_PUBLISH):
        return False
    if not form.is_reserved or viewer.role == Role.OWNER:
        return True
    return bool(forms_read_by(viewer).filter(pk=form.pk).exists())


def keeps_any_from(viewer: Viewer) -> bool:
    """Tell whether what arrives through any form of the viewer's locations is kept for others."""
    allow(viewer, FormsPermission.SUBMISSION_LIST)
    with wall.reading(viewer.organisation):
        kept = Form.objects.filter(reserving.kept_from(viewer, FORM))
        return bool(kept.exists())
