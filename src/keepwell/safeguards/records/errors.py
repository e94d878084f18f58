"""What records refuses, each with a sentence; none of them ever carries a value."""

from keepwell.toolkit.errors import KeepwellError


class SealedIsInert(KeepwellError, TypeError):  # noqa: N818  names the fact
    """A sealed value was used as if it were text."""

    code = "sealed_is_inert"
    sentence = "A sealed value cannot be used like this. Open it in a disclosure scope."


class NotKeptYet(KeepwellError):  # noqa: N818  names the fact
    """A value that was assigned, but not kept, was opened or written."""

    code = "not_kept_yet"
    sentence = "This value is not kept yet. Keep its row with records.actions.keep first."


class OnlyKeepWrites(KeepwellError):  # noqa: N818  names the fact
    """Something other than `keep`, `mark` or `erase` tried to change sealed records."""

    code = "only_keep_writes"
    sentence = (
        "Sealed records change only through records.actions: keep(viewer, row, kind) saves a row, "
        "mark(viewer, rows, kind, column=value) changes unsealed columns, erase(...) deletes."
    )


class SealedElsewhere(KeepwellError):  # noqa: N818  names the fact
    """A value sealed for one row turned up in another, or its row changed identity."""

    code = "sealed_elsewhere"
    sentence = (
        "This value is sealed for another row or organisation. Build a new row and assign the "
        "value opened in a disclosure scope."
    )


class WrongKindOfValue(KeepwellError, TypeError):  # noqa: N818  names the fact
    """A sealed field was given a type it does not hold, or text that is not valid Unicode."""

    code = "wrong_kind_of_value"
    sentence = "This sealed field does not take a value of this type."


class SealedLookup(KeepwellError, TypeError):  # noqa: N818  names the fact
    """A query tried to compare a sealed column."""

    code = "sealed_lookup"
    sentence = (
        "Sealed columns cannot be searched, but for __isnull. For equality declare an index "
        "and use records.search.equal(Model, 'field', value)."
    )


class AlreadyThere(KeepwellError):  # noqa: N818  names the fact
    """Another row of the organisation has an equal value in a field that is unique."""

    code = "already_there"
    status = 409
    sentence = "Another record has this value already. Nothing was changed."

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


class IndexBeingRenewed(KeepwellError):  # noqa: N818  names the fact
    """The blind indexes are being renewed already."""

    code = "index_being_renewed"
    status = 409
    sentence = "The search indexes are being renewed just now. Wait until that is done."


class NoScope(KeepwellError):  # noqa: N818  names the fact
    """A sealed value was opened outside every disclosure scope (threads do not inherit one)."""

    code = "no_scope"
    sentence = "Sealed values open only inside records.disclosure.disclose(viewer, purpose)."


class ScopeClosed(KeepwellError):  # noqa: N818  names the fact
    """A task outlived the scope it was started in and tried to open something."""

    code = "scope_closed"
    sentence = "This disclosure scope is closed and on the trail. Begin another for later work."


class ScopeInGenerator(KeepwellError):  # noqa: N818  names the fact
    """A scope was begun in a generator, whose consumer would then stand inside it."""

    code = "scope_in_generator"
    sentence = "A disclosure scope cannot begin in a generator: its consumer would inherit it."


class StreamedDisclosure(KeepwellError):  # noqa: N818  names the fact
    """A view opened sealed values and then answered with a stream."""

    code = "streamed_disclosure"
    sentence = "A page that opens sealed values cannot be a stream. Nothing was sent."
