"""Whether a form asks about the Notice of Privacy Practices, and which version it offers."""

from collections.abc import Sequence

from keepwell.products.forms.drafting import Progress
from keepwell.products.forms.models import Draft, Form
from keepwell.safeguards.consent.notices.queries import Read, read_by_anybody
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer


def is_owed(viewer: Viewer, draft: Draft, progress: Progress) -> bool:
    """Tell whether the question stands open: the form asks, a notice is there, nothing was said."""
    is_said = progress.notice is not None and progress.notice.is_given
    return not is_said and offered(viewer, draft) is not None


def offered(
    viewer: Viewer, draft: Draft, languages: Sequence[str] = (), *, number: int | None = None
) -> Read | None:
    """Return the notice to ask about: the version that applies, or of a number; None: not asked."""
    with wall.reading(viewer.organisation):
        form: Form = Form.objects.get(versions=draft.version_id)
        if not form.asks_notice:
            return None
        organisation = Organisation.objects.get(pk=viewer.organisation)
        found = read_by_anybody(organisation, languages, number=number)
        if found is None and number is not None:  # a number that somebody made up
            found = read_by_anybody(organisation, languages)
    return found
