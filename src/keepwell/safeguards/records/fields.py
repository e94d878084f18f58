"""Sealed fields: a model says here, once, that a column is ePHI.

A column holds format 1 of docs/formats/envelope.md, bound to (slot, organisation, row). `slot` is a
stable name frozen in the migration: renaming a field or app changes nothing, changing a slot makes
every kept value unreadable. So is `padding` (32 or 64 bytes), which hides the length of short
codes. `category` is the word the trail and the page "what we hold" use.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from django.core import checks
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from keepwell.safeguards.records.columns import (
    UNIQUE,
    SealedColumn,
    SealedIsNull,
    refusal,
    refusal_of_lookup,
)
from keepwell.safeguards.records.errors import (
    NotKeptYet,
    OnlyKeepWrites,
    SealedElsewhere,
    WrongKindOfValue,
)
from keepwell.safeguards.records.index import BlindIndex, BlindToken
from keepwell.safeguards.records.keywords import KeywordPosting, Keywords, postings_model
from keepwell.safeguards.records.sealed import Kept, Pending, Sealed, Writable
from keepwell.toolkit import canonical, plaintexts
from keepwell.toolkit.plaintexts import Codec

if TYPE_CHECKING:
    _Field = models.Field[Any, Any]
else:  # Django's fields are generic in the stubs only
    _Field = models.Field


_NOT_LOADED = object()


class SealedAttribute(DeferredAttribute):
    """The attribute of a sealed field: gives `Sealed`, takes plain values."""

    field: "SealedField"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        field = self.field
        value = instance.__dict__.get(field.attname, _NOT_LOADED)
        if value is _NOT_LOADED:
            value = super().__get__(instance, cls)
        return Kept(field, value.ciphertext, instance) if type(value) is Kept else value

    def __set__(self, instance: Any, value: Any) -> None:
        field = self.field
        if type(instance.__dict__.get(field.attname)) is Kept:
            instance.note_replaced(field.attname)
        is_loading = type(value) is Kept and value.row is None and instance._identity is None  # noqa: SLF001  of our model
        if not (is_loading and value.field is field):  # else made by this field a moment ago
            value = field.admitted(instance, value)
        instance.__dict__[field.attname] = value


class SealedField(_Field):
    """What all sealed fields share, and bytes as they are; use one of the typed ones below."""

    descriptor_class = SealedAttribute
    plain_type: ClassVar[type | tuple[type, ...]] = object
    other_type: ClassVar[type | tuple[type, ...]] = ()  # what Python counts among those, but is not
    has_few_values: ClassVar[bool] = False
    codec: ClassVar[Codec] = plaintexts.BYTES
    description = "Sealed value"

    def __init__(
        self,
        verbose_name: Any = None,
        *,
        slot: str = "",
        category: str = "",
        null: bool = False,
        **options: Any,
    ) -> None:
        """Declare a column. Options: `index`, `keywords` (see `records.search`), `padding`."""
        super().__init__(verbose_name, null=null, editable=False)
        self.slot = slot
        self.category = category
        self.index: BlindIndex | None = options.pop("index", None)
        self.keywords: Keywords | None = options.pop("keywords", None)
        self.padding: int | None = options.pop("padding", None)
        self.postings: type[KeywordPosting] | None = None
        if options.pop("unique", False):
            raise refusal(self.slot, UNIQUE)
        if options:
            raise TypeError(f"A sealed field takes no {sorted(options)[0]}.")

    # -- declaration ---------------------------------------------------------------------------

    def deconstruct(self) -> Any:
        """Freeze the slot; words and indexes are not the database's business."""
        name, path, _args, _options = super().deconstruct()
        options: dict[str, Any] = {"slot": self.slot}
        if self.null:
            options["null"] = True
        if self.padding:
            options["padding"] = self.padding
        return name, path, [], options

    def clone(self) -> Any:
        """Return an unbound copy with its words and index."""
        return type(self)(
            self.verbose_name,
            slot=self.slot,
            category=self.category,
            null=self.null,
            index=self.index,
            keywords=self.keywords,
            padding=self.padding,
        )

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:  # noqa: FBT001, FBT002  Django's signature
        """Join the model, bringing the token's column and the table of keywords along."""
        super().contribute_to_class(cls, name, private_only)
        if cls._meta.abstract:
            return
        if self.index is not None:
            cls.add_to_class(f"{name}_token", self.index.token_of(self.slot, name))
        if self.keywords is not None:
            self.postings = postings_model(cls, name)

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """Add to Django's checks what a sealed field must say, and what it must not."""
        found = [*super().check(**kwargs)]
        for word in ("slot", "category"):
            if not getattr(self, word):
                message = f"A sealed field needs a {word}."
                found.append(checks.Error(message, obj=self, id="records.E002"))
        if self.padding not in (None, *plaintexts.BUCKETS):
            found.append(checks.Error("Padding is to 32 or 64.", obj=self, id="records.E009"))
        if self.has_few_values and (self.index or self.keywords):
            message = "Few values give themselves away by how often they occur: no index."
            found.append(checks.Error(message, obj=self, id="records.E010"))
        return found

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
        try:
            plain = self.codec.encode(value)
        except (TypeError, ValueError) as error:  # what canonical JSON says may repeat a value
            said = str(error) if isinstance(error, plaintexts.NotEncodable) else ""
            raise WrongKindOfValue(f"“{self.name}” does not take this value. {said}") from None
        return plaintexts.pad(plain, self.padding) if self.padding else plain

    def decode(self, plain: bytes) -> Any:
        """Return the value of opened bytes; SealBroken for bytes that are no such value."""
        return self.codec.decode(plaintexts.unpad(plain, self.padding) if self.padding else plain)

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
        if not isinstance(value, self.plain_type) or isinstance(value, self.other_type):
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
        raise refusal_of_lookup(self.name, lookup_name)

    def get_transform(self, lookup_name: str) -> Any:
        """Offer none."""
        raise refusal_of_lookup(self.name, lookup_name)


class SealedText(SealedField):
    """Text (UTF-8)."""

    plain_type = str
    codec = plaintexts.TEXT


class SealedDate(SealedField):
    """A calendar date (ISO 8601, ten bytes); a moment, a date to Python, is refused."""

    plain_type = date
    other_type = datetime
    codec = plaintexts.DATE


class SealedDateTime(SealedField):
    """A moment with its time zone, kept and opened in UTC (RFC 3339, 27 bytes)."""

    plain_type = datetime
    codec = plaintexts.MOMENT


class SealedDecimal(SealedField):
    """A decimal number with the zeros at its end; floats, which hold no decimals, are refused."""

    plain_type = Decimal
    codec = plaintexts.DECIMAL


class SealedInteger(SealedField):
    """An integer of 64 bits (eight bytes, whatever its size)."""

    plain_type = int
    other_type = bool
    codec = plaintexts.INTEGER


class SealedBoolean(SealedField):
    """Yes or no (one byte); an answer that was never given is absent, which shows."""

    plain_type = bool
    has_few_values = True
    codec = plaintexts.BOOLEAN


class SealedJSON(SealedField):
    """Canonical JSON without fractions: answers, custom fields, message bodies; one blob a row."""

    plain_type = (dict, list, str, int, bool)
    codec = Codec(canonical.encode, canonical.decode)


class SealedBytes(SealedField):
    """Bytes as they are: a drawn signature, a small picture."""

    plain_type = bytes


@cache
def sealed_fields_of(model: type[models.Model]) -> Sequence[SealedField]:
    """Return the sealed fields of a model, in the order of its columns."""
    return tuple(field for field in model._meta.concrete_fields if isinstance(field, SealedField))


@cache
def tokens_of(model: type[models.Model]) -> Sequence[BlindToken]:
    """Return the columns of blind tokens of a model."""
    return tuple(field for field in model._meta.concrete_fields if isinstance(field, BlindToken))


@cache
def keyword_fields_of(model: type[models.Model]) -> Sequence[SealedField]:
    """Return the sealed fields of a model whose words can be found."""
    return tuple(field for field in sealed_fields_of(model) if field.postings is not None)
