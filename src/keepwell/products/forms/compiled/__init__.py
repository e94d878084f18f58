"""Compiled forms: definitions made ready for asking, deciding and checking."""

from keepwell.products.forms.compiled.building import compile_form, option_for
from keepwell.products.forms.compiled.items import (
    CompiledForm,
    Item,
    ItemType,
    Option,
    PersonMarks,
    Unit,
)

__all__ = [
    "CompiledForm",
    "Item",
    "ItemType",
    "Option",
    "PersonMarks",
    "Unit",
    "compile_form",
    "option_for",
]
