"""Files that patients add to a draft: kept sealed, dropped when an answer no longer names them."""

from collections.abc import Mapping

from django.views.decorators.debug import sensitive_variables

from keepwell.products.forms.answers import Upload
from keepwell.products.forms.events import FormsEvent
from keepwell.products.forms.models import Attachment, Draft
from keepwell.products.forms.values import Answers
from keepwell.products.forms.values import Attachment as FileFacts
from keepwell.safeguards.records.actions import erase, keep
from keepwell.safeguards.records.disclosure import Scope
from keepwell.safeguards.records.files import keep_file
from keepwell.safeguards.tenancy.viewer import Viewer

Named = tuple[str, str]  # question and SHA-256: one file may answer two questions


@sensitive_variables()
def settle_files(
    viewer: Viewer, *, draft: Draft, scope: Scope, answers: Answers, new: Mapping[str, Upload]
) -> None:
    """Make a draft's files those that its answers name, each once for a question.

    `new` holds uploads by SHA-256. Runs in the transaction that holds the draft's lock, so a page
    that was posted twice keeps its file once.
    """
    named = _named(answers)
    held: dict[Named, Attachment] = {}
    gone = []
    for row in scope.open(Attachment.objects.filter(draft_id=draft.pk), "sha256"):
        key = (row.link_id, row.sha256.open())
        if key not in named or held.setdefault(key, row) is not row:
            gone.append(row)
    for link_id, sha256 in named.keys() - held.keys():
        if sha256 in new:
            _keep(viewer, draft, link_id, named[link_id, sha256], new[sha256].content)
    if gone:
        erase(viewer, gone, FormsEvent.ATTACHMENT_REMOVED, reason="taken away by the patient")


@sensitive_variables()
def _keep(viewer: Viewer, draft: Draft, link_id: str, facts: FileFacts, content: bytes) -> None:
    """Keep a file, sealed under a key of its own."""
    row = Attachment(
        draft_id=draft.pk,
        link_id=link_id,
        media_type=facts.mime,
        bytes_total=facts.size_bytes,
        name=facts.name,
        sha256=facts.sha256,
    )
    keep(viewer, row, FormsEvent.ATTACHMENT_KEPT)
    keep_file(row, (content,))


def _named(answers: Answers) -> dict[Named, FileFacts]:
    """Return the files that answers name."""
    return {
        (place.link_id, value.sha256): value
        for place, values in answers.values.items()
        for value in values
        if isinstance(value, FileFacts)
    }
