"""Answers: read from posted pages, checked, and written as FHIR."""

from keepwell.products.forms.answers.asking import (
    AnswerError,
    PageAnswers,
    Raw,
    Setting,
    Upload,
)
from keepwell.products.forms.answers.checking import check_all, starting_answers
from keepwell.products.forms.answers.persons import MarkedPerson, marked_person
from keepwell.products.forms.answers.reading import raw_of, read
from keepwell.products.forms.answers.responses import to_response

__all__ = [
    "AnswerError",
    "MarkedPerson",
    "PageAnswers",
    "Raw",
    "Setting",
    "Upload",
    "check_all",
    "marked_person",
    "raw_of",
    "read",
    "starting_answers",
    "to_response",
]
