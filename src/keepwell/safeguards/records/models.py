"""The abstract row with sealed fields, which only `records.actions` writes."""

from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, NoReturn, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import signals
from django.db.models.base import ModelState

from keepwell.safeguards.records.columns import SORTING, refusal
from keepwell.safeguards.records.errors import OnlyKeepWrites, SealedElsewhere
from keepwell.safeguards.records.fields import SealedField, sealed_fields_of
from keepwell.safeguards.records.retention import Retention
from keepwell.safeguards.records.sealed import Kept
from keepwell.safeguards.tenancy.models import OrganisationOwned, WalledManager

Row = TypeVar("Row", bound=models.Model)


class SealedQuerySet(models.QuerySet[Row]):
    """Rows with sealed fields: found as usual, changed only through `records.actions`."""

    def order_by(self, *field_names: Any) -> Any:
        """Sort, but not by a sealed column: not even by its place among selected values."""
        sealed = {field.name for field in sealed_fields_of(self.model)}
        for name in field_names:
            if isinstance(name, str) and name.lstrip("-") in sealed:
                raise refusal(name.lstrip("-"), SORTING)
        return super().order_by(*field_names)

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse: an update would leave nothing on the trail. See `records.actions.mark`."""
        raise OnlyKeepWrites

    def delete(self) -> NoReturn:
        """Refuse: rows are erased together with their keys. See `records.actions.erase`."""
        raise OnlyKeepWrites

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def _raw_delete(self, using: str | None) -> NoReturn:
        raise OnlyKeepWrites

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: each row has its own key and trail entry. Keep them one by one."""
        raise OnlyKeepWrites

    def bulk_update(self, objs: Any, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse, as `update` does."""
        raise OnlyKeepWrites


class SealedManager(WalledManager[Row]):
    """Find sealed records of the organisation this thread works for."""

    _queryset_class = SealedQuerySet


class SealedRecord(OrganisationOwned):
    """A row with ePHI. Save it with `records.actions.keep`; read it in a disclosure scope.

    `opened_by` is the permission that lets a member open what is sealed in it; without one none
    does, whatever the role (ASVS 8.2.3). Patients, the program itself and the console need none.
    `about` names the column with the id of the person the row is about ("id" on the person itself);
    whatever is kept, opened or erased of the row then names that person on the trail.
    `plain` lists text columns that hold no ePHI, each with the reason (a system check reads it).
    `retention` says when rows are erased by themselves; `expires` says it where the app does that
    itself, together with what belongs to them.
    """

    key_id = models.UUIDField(editable=False)
    entry_id = models.UUIDField(editable=False)  # the trail entry of the last change

    opened_by: ClassVar[StrEnum | None] = None
    about: ClassVar[str] = ""
    plain: ClassVar[dict[str, str]] = {}
    retention: ClassVar[Retention | None] = None
    expires: ClassVar[Retention | None] = None
    file_slot: ClassVar[str] = ""  # set it, and each row may have a sealed file (records.files)
    shares_key: ClassVar[bool] = False  # rows set key_id themselves, from vault.keys.shared_key

    is_being_kept = False
    _identity: tuple[UUID, UUID | None] | None = None  # as loaded or kept: id and organisation
    _replaced: frozenset[str] = frozenset()  # columns whose kept value was assigned over

    objects: ClassVar[SealedManager[Any]] = SealedManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **options: Any) -> Any:
        """Make a row of what the database holds, and remember which row that is."""
        row = cls._filled(db, field_names, values) or super().from_db(
            db, field_names, values, **options
        )
        row.__dict__["_identity"] = (row.__dict__["id"], row.__dict__.get("organisation_id"))
        return row

    @classmethod
    def _filled(cls, db: str | None, field_names: Any, values: Any) -> Any:
        """Return a row with all of its columns, without Django's way through each attribute.

        None where that way is needed: columns are missing, somebody listens, or what is there is
        not what our sealed fields make of a column.
        """
        columns = _columns_of(cls)
        if tuple(field_names) != columns or _is_listened_to(cls):
            return None
        loaded = dict(zip(columns, values, strict=True))
        for field in sealed_fields_of(cls):
            value = loaded[field.attname]
            if value is not None and (type(value) is not Kept or value.field is not field):
                return None
        row = cls.__new__(cls)
        row.__dict__.update(loaded)
        row._state = ModelState()
        row._state.adding, row._state.db = False, db
        return row

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: see `records.actions.keep`."""
        raise OnlyKeepWrites

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: see `records.actions.erase`."""
        raise OnlyKeepWrites

    def may_hold(self, value: Kept[Any]) -> bool:
        """Say whether a value that is sealed already is one of this very row."""
        row = value.row
        if self._identity is None:  # Django is filling a new row; `keep` looks again
            return row is None
        return row is not None and type(row) is type(self) and row.pk == self._identity[0]

    def check_identity(self) -> None:
        """Refuse a row that was copied or changed its id or organisation: its seals would break."""
        if self._identity is None:
            is_same = not any(type(value) is Kept for value in self.sealed_values().values())
        else:
            pk, organisation = self._identity
            is_same = pk == self.pk and organisation in (None, self.organisation_id)
        if not is_same:
            raise SealedElsewhere

    def remember_identity(self) -> None:
        """Note which row this is, once its values are sealed for it."""
        self._identity = (self.pk, self.organisation_id)
        self._replaced = frozenset()

    def note_replaced(self, column: str) -> None:
        """Note that something is assigned over a kept value (sealed attributes call this)."""
        self._replaced |= {column}

    def emptied(self) -> tuple[str, ...]:
        """Return the sealed fields that held a value and hold none now: nothing is left to seal."""
        values = self.sealed_values()
        return tuple(
            field.name
            for field, value in values.items()
            if value is None and field.attname in self._replaced
        )

    def sealed_values(self) -> dict[SealedField, Any]:
        """Return what this row holds in its sealed fields, as far as it was loaded."""
        loaded = self.__dict__
        return {
            field: loaded[field.attname]
            for field in sealed_fields_of(type(self))
            if field.attname in loaded
        }

    def persons(self) -> tuple[UUID, ...]:
        """Return the person this row is about, if there is one."""
        person = getattr(self, self.about) if self.about else None
        return () if person is None else (person,)


@cache
def _columns_of(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)


def _is_listened_to(model: type[models.Model]) -> bool:
    return any(
        signal.receivers and signal.has_listeners(model)
        for signal in (signals.pre_init, signals.post_init)
    )
