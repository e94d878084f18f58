"""The question whether the clinic's notice was received: what its page shows and what comes back.

Patients accept nothing here: they say that they have received the clinic's own notice, or why not
(45 CFR 164.520(c)(2)(ii)). Either answer lets them go on.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from keepwell.products.forms.drafting import Progress
from keepwell.products.forms.queries.noticing import offered
from keepwell.products.forms.versions import compiled_version
from keepwell.safeguards.consent.acknowledgements.saying import (
    CHOICES,
    MOST_WORDS,
    Answer,
    Said,
)
from keepwell.safeguards.consent.languages import language_of
from keepwell.safeguards.consent.notices.queries import Read
from keepwell.safeguards.tenancy.viewer import Viewer

if TYPE_CHECKING:
    from keepwell.products.forms.models import Draft

_FIELD = "notice"


def languages_of(draft: "Draft") -> list[str]:
    """Return in which language the notice is offered: the form's, then that of our words."""
    return [compiled_version(draft.version).language, get_language() or ""]


@sensitive_variables()
def answer_in(viewer: Viewer, draft: "Draft", posted: Mapping[str, str]) -> Answer | None:
    """Read what was chosen about the version that was shown; None where nothing is asked."""
    number = posted.get("version", "")
    shown = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else None
    read = offered(viewer, draft, [posted.get("language", ""), *languages_of(draft)], number=shown)
    if read is None:
        return None
    said = posted.get(_FIELD, "")
    words = posted.get("words", "").strip()[:MOST_WORDS] if said == Said.OTHER else ""
    return Answer(
        number=read.notice.number or 0,
        language=read.text.language,
        said=said if said in CHOICES else "",
        words=words,
    )


@sensitive_variables()
def context_of(viewer: Viewer, draft: "Draft", progress: Progress) -> dict[str, Any]:
    """Return what the page shows; an answer that was posted empty is said to be missing."""
    read, before = offered(viewer, draft, languages_of(draft)), progress.notice
    is_missing = before is not None and not before.is_given
    message = _("Choose one of the answers. Each of them lets you go on.")
    return {
        "read": read,
        "written_in": language_of(read.text.language) if read else None,
        "address": _address(read) if read else "",
        "options": list(CHOICES.items()),
        "chosen": [before.said] if before else [],
        "words": before.words if before else "",
        "summary": [("id_notice_0", message)] if is_missing else [],
    }


def _address(read: Read) -> str:
    args = [read.notice.organisation_id, read.notice.number, read.text.language]
    return read.text.address or reverse("notices:version", args=args)
