"""Sealed fields: a model says here, once, that a column is ePHI.

A column holds format 1 of docs/formats/envelope.md, bound to (slot, organisation, row). `slot` is a
stable name frozen in the migration: renaming a field or app changes nothing, changing a slot makes
every kept value unreadable. `category` is the word the trail and the page "what we hold" use.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.core import checks
from django.db import models
from django.db.models.expressions import Col
from django.db.models.lookups import IsNull
from django.db.models.query_utils import DeferredAttribute

from keepwell.safeguards.records.errors import (
    NotKeptYet,
    OnlyKeepWrites,
    SealedElsewhere,
    SealedLookup,
    WrongKindOfValue,
)
from keepwell.safeguards.records.index import BlindIndex, BlindToken
from keepwell.safeguards.records.sealed import Kept, Pending, Sealed, Writable
from keepwell.toolkit import canonical

if TYPE_CHECKING:
    _Field = models.Field[Any, Any]
else:  # Django's fields are generic in the stubs only
    _Field = models.Field

# A function no database has. A sealed column compiles to a call of it, except in a plain SELECT:
# so sorting, comparing, F() and aggregates over ciphertext fail in the database, naming the reason.
REFUSING_FUNCTION = "sealed_values_cannot_be_sorted_or_computed_with"


class SealedAttribute(DeferredAttribute):
    """The attribute of a sealed field: gives `Sealed`, takes plain values."""

    field: "SealedField"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        return value.of(instance) if type(value) is Kept else value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = self.field.admitted(instance, value)


class SealedColumn(Col):
    """A sealed column in SQL: may be selected, nothing else."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Compile to a call that fails, wherever the column is more than selected."""
        sql, parameters = super().as_sql(compiler, connection)
        return f"{REFUSING_FUNCTION}({sql})", parameters

    def select_format(self, compiler: Any, sql: str, params: Any) -> Any:
        """Select the column itself (called for the columns of a SELECT only)."""
        return sql.removeprefix(REFUSING_FUNCTION + "(").removesuffix(")"), params


class SealedIsNull(IsNull):
    """Presence, the one thing that a sealed column may be asked."""

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> Any:
        """Compile the column without the refusing call."""
        sql, parameters = super().process_lhs(compiler, connection, lhs)
        return sql.removeprefix(REFUSING_FUNCTION + "(").removesuffix(")"), parameters


class SealedField(_Field):
    """What all sealed fields share, and bytes as they are; use one of the typed ones below."""

    descriptor_class = SealedAttribute
    plain_type: ClassVar[type | tuple[type, ...]] = object
    description = "Sealed value"

    def __init__(
        self,
        verbose_name: Any = None,
        *,
        slot: str = "",
        category: str = "",
        null: bool = False,
        index: BlindIndex | None = None,
    ) -> None:
        super().__init__(verbose_name, null=null, editable=False)
        self.slot = slot
        self.category = category
        self.index = index

    # -- declaration ---------------------------------------------------------------------------

    def deconstruct(self) -> Any:
        """Freeze the slot; words and indexes are not the database's business."""
        name, path, _args, _options = super().deconstruct()
        options: dict[str, Any] = {"slot": self.slot}
        if self.null:
            options["null"] = True
        return name, path, [], options

    def clone(self) -> Any:
        """Return an unbound copy with its words and index."""
        return type(self)(
            self.verbose_name,
            slot=self.slot,
            category=self.category,
            null=self.null,
            index=self.index,
        )

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:  # noqa: FBT001, FBT002  Django's signature
        """Join the model, bringing the token's column along."""
        super().contribute_to_class(cls, name, private_only)
        if self.index is not None and not cls._meta.abstract:
            token = BlindToken(slot=self.slot, of=(name,), normalisers=(self.index.normaliser,))
            cls.add_to_class(f"{name}_token", token)

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """Add to Django's checks that the slot and the category are said."""
        missing = [word for word in ("slot", "category") if not getattr(self, word)]
        return [
            *super().check(**kwargs),
            *(
                checks.Error(f"A sealed field needs a {word}.", obj=self, id="records.E002")
                for word in missing
            ),
        ]

    def get_internal_type(self) -> str:
        """Return the column's kind: bytes on both engines."""
        return "BinaryField"

    def get_default(self) -> None:
        """Return None: what was never assigned is absent, not empty."""

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        """Stay out of model forms, which would put clear text into initial values."""
        return None

    # -- values --------------------------------------------------------------------------------

    def encode(self, value: Any) -> bytes:
        """Return the bytes to seal."""
        return bytes(value)

    def decode(self, plain: bytes) -> Any:
        """Return the value of opened bytes."""
        return plain

    def admitted(self, instance: Any, value: Any) -> Sealed[Any] | None:
        """Return what an assignment leaves in the row; refuse values sealed for another row."""
        if value is None or type(value) is Pending:
            return value
        if type(value) is Kept:
            if not instance.may_hold(value):
                raise SealedElsewhere
            return Kept(self, value.ciphertext)
        self.check_type(value)
        return Pending(value)

    def check_type(self, value: Any) -> None:
        """Refuse a value of another type, without repeating it."""
        if not isinstance(value, self.plain_type):
            raise WrongKindOfValue(f"The sealed field “{self.name}” does not take this type.")

    def clean(self, value: Any, model_instance: Any) -> Any:
        """Leave a sealed value as it is: there is nothing to see for validators."""
        return value

    # -- database ------------------------------------------------------------------------------

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Kept[Any] | None:
        """Wrap what the database holds; it opens only as the value of a loaded row."""
        return None if value is None else Kept(self, bytes(value))

    def pre_save(self, model_instance: Any, add: bool) -> Writable | None:  # noqa: FBT001  Django's signature
        """Hand ciphertext to the database, while `keep` saves this row and at no other time."""
        if not model_instance.is_being_kept:
            raise OnlyKeepWrites
        value = model_instance.__dict__.get(self.attname)
        if type(value) is Kept:
            return Writable(value.ciphertext)
        if value is not None or not self.null:
            raise NotKeptYet(f"The sealed field “{self.name}” was never assigned.")
        return None

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002  Django's signature
        """Refuse whatever `keep` did not make: clear text, foreign bytes, copied ciphertext."""
        if value is None:
            return None
        if type(value) is not Writable:
            raise OnlyKeepWrites
        return connection.Database.Binary(value.ciphertext)

    def to_python(self, value: Any) -> Any:
        """Refuse fixtures: they would carry clear text."""
        raise OnlyKeepWrites

    def value_to_string(self, obj: Any) -> str:
        """Refuse serializers."""
        raise SealedElsewhere("Sealed values are not serialized. Use a Keepwell export.")

    def get_col(self, alias: str, output_field: Any = None) -> Any:
        """Return the column as something that may only be selected."""
        return SealedColumn(alias, self, output_field)

    def get_lookup(self, lookup_name: str) -> Any:
        """Offer `isnull` and name the right way for everything else."""
        if lookup_name == "isnull":
            return SealedIsNull
        raise SealedLookup(f"“{self.name}” is sealed: {SealedLookup.sentence}")

    def get_transform(self, lookup_name: str) -> Any:
        """Offer none."""
        raise SealedLookup(f"“{self.name}” is sealed: {SealedLookup.sentence}")


class SealedText(SealedField):
    """Text (UTF-8)."""

    plain_type = str

    def encode(self, value: str) -> bytes:
        """Return UTF-8."""
        try:
            return value.encode()
        except UnicodeEncodeError:  # half a surrogate pair; the error would carry the whole text
            raise WrongKindOfValue(f"The text of “{self.name}” is not valid Unicode.") from None

    def decode(self, plain: bytes) -> str:
        """Return the text."""
        return plain.decode()


class SealedDate(SealedField):
    """A calendar date (ISO 8601, ten bytes)."""

    plain_type = date

    def check_type(self, value: Any) -> None:
        """Refuse moments, which are dates to Python."""
        super().check_type(value)
        if isinstance(value, datetime):
            raise WrongKindOfValue(f"The sealed field “{self.name}” takes a date, not a moment.")

    def encode(self, value: date) -> bytes:
        """Return YYYY-MM-DD."""
        return value.isoformat().encode()

    def decode(self, plain: bytes) -> date:
        """Return the date."""
        return date.fromisoformat(plain.decode())


class SealedJSON(SealedField):
    """Canonical JSON without fractions: answers, custom fields, message bodies; one blob a row."""

    plain_type = (dict, list, str, int, bool)

    def encode(self, value: Any) -> bytes:
        """Return canonical JSON."""
        try:
            return canonical.encode(value)
        except (TypeError, ValueError):  # its message may repeat a value
            message = f"“{self.name}” holds something canonical JSON cannot."
            raise WrongKindOfValue(message) from None

    def decode(self, plain: bytes) -> Any:
        """Return the structure."""
        return canonical.decode(plain)


class SealedBytes(SealedField):
    """Bytes as they are: a drawn signature, a small picture."""

    plain_type = bytes


def sealed_fields_of(model: type[models.Model]) -> Sequence[SealedField]:
    """Return the sealed fields of a model, in the order of its columns."""
    return [field for field in model._meta.concrete_fields if isinstance(field, SealedField)]


def tokens_of(model: type[models.Model]) -> Sequence[BlindToken]:
    """Return the columns of blind tokens of a model."""
    return [field for field in model._meta.concrete_fields if isinstance(field, BlindToken)]
