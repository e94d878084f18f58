"""Keyword postings: words of sealed text, found by a table of (token, row) per field.

A token is made like a blind index's, under a slot of its own. `Keywords` are whole words: the table
shows how many words a row has and which are shared, never a word. Where the commonest words would
give the content away, as with names, declare `Beginnings`: one of a thousand tokens stands for each
word, drawn anew for every row, so that the table does not show what is common (decision 0024).
Erasing a row deletes its postings; the database holds to that, by a foreign key that lets no
posting outlive its row.
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.db import models

from keepwell.safeguards.records.index import add_version_column
from keepwell.safeguards.tenancy.models import Organisation, WalledManager
from keepwell.safeguards.vault import normalisers

if TYPE_CHECKING:
    from keepwell.safeguards.records.models import SealedRecord


@dataclass(frozen=True, slots=True)
class Keywords:
    """Say on a sealed field that its words can be found (`records.search.words`).

    `words` gives the words of a value as they are compared; `spread` how many tokens each has.
    """

    words: Callable[[Any], Iterable[bytes]] = normalisers.words
    spread: int = 1

    def drawn(self, word: bytes) -> bytes:
        """Return what one row's token for a word is made from."""
        return self._placed(word, secrets.randbelow(self.spread))

    def every(self, word: bytes) -> list[bytes]:
        """Return all that tokens for a word are made from."""
        return [self._placed(word, place) for place in range(self.spread)]

    def _placed(self, word: bytes, place: int) -> bytes:
        return word if self.spread == 1 else place.to_bytes(2) + word


@dataclass(frozen=True, slots=True)
class Beginnings(Keywords):
    """Say on a sealed name that it is found by how its words begin (`records.search.begun`)."""

    words: Callable[[Any], Iterable[bytes]] = normalisers.beginnings
    spread: int = 1024


class KeywordPosting(models.Model):
    """One word of one row. Each declaration has a table of its own, made by `postings_model`."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    token = models.BigIntegerField()

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def __str__(self) -> str:
        return "posting"


def postings_model(model: type["SealedRecord"], name: str) -> type[KeywordPosting]:
    """Make the model of a field's postings, in the app of its record."""
    add_version_column(model)
    title = f"{model.__name__}{name.title().replace('_', '')}Word"
    options = {
        "app_label": model._meta.app_label,
        "apps": model._meta.apps,
        "default_permissions": (),
    }
    row: models.ForeignKey[Any, Any] = models.ForeignKey(
        model, on_delete=models.DO_NOTHING, related_name="+"
    )
    body = {
        "__module__": model.__module__,
        "__doc__": f"A word of “{name}”, by its token.",
        "Meta": type("Meta", (KeywordPosting.Meta,), options),
        "pk": models.CompositePrimaryKey("token", "row_id"),
        "row": row,
    }
    return cast("type[KeywordPosting]", type(title, (KeywordPosting,), body))
