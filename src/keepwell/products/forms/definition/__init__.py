"""Definitions of forms: FHIR R4 Questionnaires, checked before anything is stored."""

from keepwell.products.forms.definition.findings import DefinitionRefused, Finding, Notice
from keepwell.products.forms.definition.parsing import Definition, parse

__all__ = ["Definition", "DefinitionRefused", "Finding", "Notice", "parse"]
