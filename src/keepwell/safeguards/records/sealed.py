"""Sealed values: what a model holds in place of ePHI. Inert, bound to a row, never their own text.

Two types, because "came from the database" must not depend on flags of the row: `Kept` holds
ciphertext, `Pending` holds what was assigned and is not sealed yet. Both refuse everything Python
would do with text. In a template a sealed value shows as a mask (see `Mask`).
"""

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Protocol, TypeVar

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from keepwell.safeguards.records.errors import NoScope, NotKeptYet, SealedElsewhere, SealedIsInert

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepwell.safeguards.records.fields import SealedField
    from keepwell.safeguards.records.models import SealedRecord

Value_co = TypeVar("Value_co", covariant=True)


class Opener(Protocol):
    """What opens: the innermost disclosure scope."""

    def open_one(self, value: "Kept[Any]") -> Any:
        """Open one value and remember that it was opened."""


opener: ContextVar[Opener | None] = ContextVar("keepwell_opener", default=None)


def _refused(self: object, *args: Any, **kwargs: Any) -> NoReturn:
    raise SealedIsInert


class Sealed(Generic[Value_co]):
    """A value of a sealed field: nothing can be learnt from it but that it exists."""

    __slots__ = ()

    # Every road from an object to its text, its order, its size or a file.
    __str__ = __format__ = __bytes__ = __int__ = __float__ = __index__ = _refused
    __len__ = __iter__ = __contains__ = __getitem__ = __bool__ = _refused
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = _refused
    __add__ = __radd__ = __mod__ = __rmod__ = __mul__ = __rmul__ = _refused
    __reduce__ = __reduce_ex__ = __getstate__ = _refused

    def __repr__(self) -> str:
        return "<sealed>"

    def __copy__(self) -> "Sealed[Value_co]":
        return self  # immutable; a copied row cannot use it, see SealedRecord

    def __deepcopy__(self, memo: dict[int, Any]) -> "Sealed[Value_co]":
        return self

    def __call__(self) -> "Mask":
        """Show as a mask: Django's templates call what they find before they print it."""
        return Mask(self)

    def open(self) -> Value_co:
        """Return the plain value, inside a disclosure scope, which writes it to the trail."""
        raise NotKeptYet


class Pending(Sealed[Value_co]):
    """A value that was assigned and waits for `records.actions.keep`."""

    # It has no seal to open, and whoever assigned it has it. A function, because what dumps objects
    # (crash reporters) writes down the repr of whatever their attributes hold.
    __slots__ = ("__take",)

    def __init__(self, plain: Value_co) -> None:
        self.__take: Callable[[], Value_co] = lambda: plain

    @staticmethod
    def assigned(value: "Pending[Any]") -> Any:
        """Return what was assigned: for sealing and blind indexes only."""
        return value.__take()  # noqa: SLF001  of this class


class Kept(Sealed[Value_co]):
    """A value as the database holds it. Without a row (from `values()`) it never opens."""

    __slots__ = ("ciphertext", "field", "row")

    def __init__(
        self, field: "SealedField", ciphertext: bytes, row: "SealedRecord | None" = None
    ) -> None:
        self.field = field
        self.ciphertext = ciphertext
        self.row = row

    def open(self) -> Value_co:
        """Return the plain value; the innermost disclosure scope remembers it for the trail."""
        scope = opener.get()
        if scope is None:
            raise NoScope
        if self.row is None:
            raise SealedElsewhere("Values without their row cannot be opened: load rows.")
        plain: Value_co = scope.open_one(self)
        return plain


class Writable:
    """Ciphertext on its way into its own row, made by `keep`: all that a sealed column accepts."""

    __slots__ = ("ciphertext",)

    def __init__(self, ciphertext: bytes) -> None:
        self.ciphertext = ciphertext

    def __repr__(self) -> str:
        return "<sealed>"


class Mask(SafeString):
    """What a page shows of a sealed value; carries the value for `{% opened %}`."""

    sealed: Sealed[Any]

    def __new__(cls, sealed: Sealed[Any]) -> "Mask":
        """Write the mask's component; the shell's CSS draws it."""
        html = format_html('<span class="sealed-value">{}</span>', _("Sealed"))
        mask = super().__new__(cls, html)
        mask.sealed = sealed
        return mask

    def open(self) -> Any:
        """Open the value behind the mask, for `{{ row.field.open }}`."""
        return self.sealed.open()
