"""The hidden token of a form whose button may be pressed twice (see `access.once`)."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest

from keepwell.toolkit.identifiers import read_id, uuid7


class OnceField(forms.CharField):
    """A token, new whenever the form is shown afresh; nonsense is as good as none."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, initial=uuid7)

    def clean(self, value: Any) -> UUID | None:
        """Return the token."""
        return read_id(super().clean(value))


def once_of(request: HttpRequest) -> UUID | None:
    """Return the token of a form that has only a button (`{% once %}`)."""
    return read_id(request.POST.get("once", ""))
