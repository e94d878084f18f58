"""Files that patients add to a draft: kept sealed, dropped when an answer no longer names them."""

from collections.abc import Collection

from keepwell.products.forms.events import FormsEvent
from keepwell.products.forms.models import Attachment, Draft
from keepwell.products.forms.values import Attachment as FileFacts
from keepwell.safeguards.records.actions import erase, keep
from keepwell.safeguards.records.files import keep_file
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer


def keep_upload(
    viewer: Viewer, *, draft: Draft, link_id: str, facts: FileFacts, content: bytes
) -> None:
    """Keep a file of a draft, sealed under a key of its own."""
    row = Attachment(
        draft_id=draft.pk,
        link_id=link_id,
        media_type=facts.mime,
        bytes_total=facts.size_bytes,
        name=facts.name,
        sha256=facts.sha256,
    )
    with wall.writing(viewer.organisation):
        keep(viewer, row, FormsEvent.ATTACHMENT_KEPT)
        keep_file(row, (content,))


def drop_uploads(viewer: Viewer, *, rows: Collection[Attachment]) -> None:
    """Erase files that no answer names any more."""
    with wall.writing(viewer.organisation):
        erase(viewer, rows, FormsEvent.ATTACHMENT_REMOVED, reason="taken away by the patient")
