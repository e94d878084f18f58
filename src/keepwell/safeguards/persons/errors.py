"""What persons refuses."""

from typing import ClassVar

from django.utils.translation import gettext_noop as _

from keepwell.toolkit.errors import KeepwellError


class AlreadyJoined(KeepwellError):  # noqa: N818  names the fact
    """The person is joined into another, or both are one already (a join would make a loop)."""

    code: ClassVar[str] = "already_joined"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "These two are joined already, or this person is joined into another. Nothing was changed. "
        "Undo that join first."
    )


class ExportEnded(KeepwellError):  # noqa: N818  names the fact
    """The hour in which an export can be fetched is over, or it holds somebody else by now."""

    code: ClassVar[str] = "export_ended"
    status: ClassVar[int] = 410
    sentence: ClassVar[str] = _(
        "This export could be fetched for an hour, and only while the persons in it are one. "
        "That is over. Make it anew on the page of the person."
    )


class FactsChanged(KeepwellError):  # noqa: N818  names the fact
    """Somebody was faster: what a colleague corrects is not what is on record any more."""

    code: ClassVar[str] = "facts_changed"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "These facts were corrected by somebody else since you opened this page. Nothing of yours "
        "was saved. Open the page again to see what is on record now."
    )


class JoinUndone(KeepwellError):  # noqa: N818  names the fact
    """Somebody was faster in undoing this join."""

    code: ClassVar[str] = "join_undone"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _("This join is undone already. Nothing was changed.")


class KnownAlready(KeepwellError):  # noqa: N818  names the fact
    """Somebody of the name and birth date that a colleague adds is known here."""

    code: ClassVar[str] = "known_already"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "Somebody of this name and date of birth is known already. Nobody was added."
    )


class NothingToFindBy(KeepwellError):  # noqa: N818  names the fact
    """Somebody was looked for by nothing at all."""

    code: ClassVar[str] = "nothing_to_find_by"
    status: ClassVar[int] = 400
    sentence: ClassVar[str] = _("Give a name, the date of birth or a telephone number.")


class ReasonMissing(KeepwellError):  # noqa: N818  names the fact
    """An act that needs a reason was given none."""

    code: ClassVar[str] = "reason_missing"
    status: ClassVar[int] = 400
    sentence: ClassVar[str] = _("Say why: the reason goes on the trail. Nothing was changed.")


class ReportOfOthers(KeepwellError):  # noqa: N818  names the fact
    """The report covers records that are not this person's any more: it may not be handed over."""

    code: ClassVar[str] = "report_of_others"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "Since this report was made a join was undone or a record erased, so that it may say "
        "something about somebody else. Nothing was handed over. Make the report anew."
    )
