"""What a patient's device leads to: a door to a form, and the draft or submission it holds."""

from dataclasses import dataclass

from keepwell.products.forms import tokens
from keepwell.products.forms.errors import LinkClosed
from keepwell.products.forms.models import (
    Door,
    Draft,
    FormLink,
    FormVersion,
    Submission,
)
from keepwell.products.forms.queries.authoring import is_open
from keepwell.products.forms.queries.reach import as_seen
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import spelled


@dataclass(frozen=True, slots=True)
class Entrance:
    """Where a link leads: whose form, and the version that begins today.

    The organisation is as patients of this form see it (`Location.seen`).
    """

    token: str
    organisation: Organisation
    link: FormLink
    version: FormVersion
    is_open: bool


@dataclass(frozen=True, slots=True)
class Held:
    """What a device's handle stands for: a draft, or what was sent from it."""

    draft: Draft | None
    submission: Submission | None


NOTHING_HELD = Held(None, None)


def entrance_of(text: str) -> Entrance:
    """Follow a link's token, inside or outside any wall.

    Raises LinkClosed for a token that never was. A withdrawn or expired link comes back with
    `is_open` false, so that its help page can name the clinic.
    """
    token = spelled.read_token(text)
    door = Door.objects.filter(token_hash=tokens.hashed(token)).first() if token else None
    if token is None or door is None:
        raise LinkClosed
    with wall.reading(door.organisation):
        organisation = Organisation.objects.get(pk=door.organisation)
        link = FormLink.objects.select_related("form").filter(pk=door.link).first()
        version = FormVersion.objects.filter(form=link.form_id).last() if link else None
        organisation = as_seen(organisation, link.form) if link else organisation
    if link is None or version is None:
        raise LinkClosed
    return Entrance(token, organisation, link, version, is_open(link))


def held_by(viewer: Viewer, link: FormLink, handle: str | None) -> Held:
    """Return what this handle stands for at this link; nothing for a foreign or made-up one."""
    if handle is None:
        return NOTHING_HELD
    digest = tokens.hashed(handle)
    with wall.reading(viewer.organisation):
        drafts = Draft.objects.select_related("version").filter(link=link, handle_hash=digest)
        draft = drafts.first()
        sent = Submission.objects.filter(form=link.form_id, handle_hash=digest)
        submission = None if draft else sent.first()
    return Held(draft, submission)
