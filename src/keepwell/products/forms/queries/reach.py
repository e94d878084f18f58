"""Which forms, links and submissions a viewer reaches: those of the viewer's locations, or of all.

Of a form that is reserved, what arrived through it is for the colleagues named for it alone. Every
query and act of staff begins with one of these, so that a row of another location, one kept for
others and one that never was answer alike. Call them inside the wall.
"""

from django.db.models import Q, QuerySet

from keepwell.products.forms.models import Form, FormLink, Submission
from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.access.locations.placing import placed, within
from keepwell.safeguards.access.reserving import kept_from
from keepwell.safeguards.tenancy.models import Location, Organisation
from keepwell.safeguards.tenancy.viewer import Viewer

FORM = "forms.form"


def forms_within(viewer: Viewer) -> QuerySet[Form]:
    """Return the forms that belong to a location of the viewer, or to all."""
    return Form.objects.filter(within(viewer, FORM))


def need_all_of(viewer: Viewer, form: Form) -> None:
    """Raise NotPermitted unless everything that a form belongs to is the viewer's.

    Whoever belongs to some locations sees a form that belongs to others too, and changes none.
    """
    if viewer.locations is None:
        return
    if form.is_everywhere or not placed(FORM, form.pk) <= viewer.locations:
        raise NotPermitted


def links_within(viewer: Viewer) -> QuerySet[FormLink]:
    """Return the links of those forms."""
    rows: QuerySet[FormLink] = FormLink.objects.all()
    return rows if viewer.locations is None else rows.filter(form__in=forms_within(viewer))


def forms_read_by(viewer: Viewer) -> QuerySet[Form]:
    """Return those of these forms whose submissions the viewer reaches."""
    return forms_within(viewer).exclude(kept_from(viewer, FORM))


def submissions_within(viewer: Viewer) -> QuerySet[Submission]:
    """Return what arrived through those forms."""
    rows: QuerySet[Submission] = Submission.objects.all()
    # Asked first: databases that see dozens of ids know what to do with them.
    if viewer.locations is not None:
        return rows.filter(form__in=list(forms_read_by(viewer).values_list("pk", flat=True)))
    kept = list(Form.objects.filter(kept_from(viewer, FORM)).values_list("pk", flat=True))
    return rows.exclude(form__in=kept) if kept else rows


def as_seen(organisation: Organisation, form: Form) -> Organisation:
    """Return the organisation as a form's patients see it: of the one location it belongs to."""
    if form.is_everywhere:
        return organisation
    here = Location.objects.filter(pk__in=placed(FORM, form.pk))[:2]
    return here[0].seen(organisation) if len(here) == 1 else organisation


def persons_reached(viewer: Viewer) -> Q:
    """Return the condition on persons that one of their own submissions is among those."""
    return Q(pk__in=submissions_within(viewer).values("person"))
