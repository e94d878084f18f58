"""Links open a form for patients: made, shown again, withdrawn."""

from datetime import datetime
from uuid import UUID

from keepwell.products.forms import tokens
from keepwell.products.forms.events import FormsEvent
from keepwell.products.forms.models import Door, Form, FormLink
from keepwell.products.forms.permissions import FormsPermission
from keepwell.products.forms.queries.reach import forms_within, links_within, need_all_of
from keepwell.safeguards.access.once import id_from
from keepwell.safeguards.access.queries import allow, within_reach
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.vault import keys, sealing
from keepwell.safeguards.vault.binding import Binding
from keepwell.toolkit import clock, spelled
from keepwell.toolkit.identifiers import uuid7

_KEY_NAME = "forms/links"
_SLOT = "forms.link.token"


def make_link(
    viewer: Viewer,
    *,
    form_id: UUID,
    expires: datetime | None = None,
    embed_origins: tuple[str, ...] = (),
    once: UUID | None = None,
) -> FormLink:
    """Make a new link for a form; older links stay as they are.

    The same button sent again (`once`) finds the link that is there.
    """
    allow(viewer, FormsPermission.FORM_PUBLISH)
    link_id = id_from(viewer, once, form_id, expires, *embed_origins)
    with wall.writing(viewer.organisation):
        rows = forms_within(viewer).select_for_update(no_key=True, of=("self",))
        form: Form = within_reach(rows, id=form_id)
        need_all_of(viewer, form)
        there: FormLink | None = FormLink.objects.filter(pk=link_id).first()
        return there or _make(viewer, form, FormLink(id=link_id, expires=expires), embed_origins)


def ensure_link(viewer: Viewer, form: Form) -> None:
    """Make a form's first link, inside the caller's transaction."""
    if not FormLink.objects.filter(form=form).exists():
        _make(viewer, form, FormLink(id=uuid7()), ())


def revoke_link(viewer: Viewer, *, link_id: UUID) -> FormLink:
    """Withdraw a link: from now on it opens the help page. Twice is the same as once."""
    allow(viewer, FormsPermission.FORM_PUBLISH)
    with wall.writing(viewer.organisation):
        link = _changeable(viewer, link_id)
        if link.revoked is None:
            link.revoked = clock.now()
            link.save(update_fields=["revoked"])
            record(viewer, FormsEvent.LINK_REVOKED, subjects=[_subject(link)])
    return link


def allow_origins(viewer: Viewer, *, link_id: UUID, origins: tuple[str, ...]) -> FormLink:
    """Say which websites may show a link's form in a frame; none for no site."""
    allow(viewer, FormsPermission.FORM_PUBLISH)
    with wall.writing(viewer.organisation):
        link = _changeable(viewer, link_id)
        link.embed_origins = list(origins)
        link.save(update_fields=["embed_origins"])
        detail = {"origins": str(len(origins))}
        record(viewer, FormsEvent.LINK_FRAMED, subjects=[_subject(link)], detail=detail)
    return link


def token_of(link: FormLink) -> str:
    """Return a link's token, for showing it to staff again (it is a way in, not ePHI)."""
    return sealing.open_sealed(link.key_id, _binding(link), bytes(link.sealed_token)).decode()


def _changeable(viewer: Viewer, link_id: UUID) -> FormLink:
    rows = links_within(viewer).select_related("form").select_for_update(of=("self",))
    link: FormLink = within_reach(rows, id=link_id)
    need_all_of(viewer, link.form)
    return link


def _make(viewer: Viewer, form: Form, link: FormLink, embed_origins: tuple[str, ...]) -> FormLink:
    token = spelled.new_token()
    link.organisation_id, link.form = viewer.organisation, form
    link.key_id = keys.shared_key(viewer.organisation, _KEY_NAME)
    link.embed_origins, link.created = list(embed_origins), clock.now()
    link.sealed_token = sealing.seal(link.key_id, _binding(link), token.encode())
    link.save()
    Door.objects.create(
        token_hash=tokens.hashed(token), organisation=viewer.organisation, link=link.pk
    )
    record(viewer, FormsEvent.LINK_MADE, subjects=[_subject(link)])
    return link


def _binding(link: FormLink) -> Binding:
    return Binding(_SLOT, link.organisation_id, link.pk)


def _subject(link: FormLink) -> Subject:
    return Subject("forms.formlink", (link.pk,))
