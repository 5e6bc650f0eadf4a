"""What an inspection asks, and what counts as an answer: forms as data, every rule run again here.

A form is a document (a file of `fixtures/forms`, or a city's own XLSForm); each change is a new
version, and whoever has begun under an old one may finish it for a while.
"""

from backend.rules.forms.answers import SENTENCES, Found, WrongAnswer, checked, found, photos
from backend.rules.forms.documents import BadForm, Fault, as_document, from_document
from backend.rules.forms.items import (
    ASKED,
    CHOICE,
    CODE,
    ITEM_CODE,
    LEVELS,
    LONGEST_TEXT,
    MOST_ITEMS,
    RESULTS,
    TYPES,
    Form,
    Item,
    Word,
)

__all__ = [
    "ASKED",
    "CHOICE",
    "CODE",
    "ITEM_CODE",
    "LEVELS",
    "LONGEST_TEXT",
    "MOST_ITEMS",
    "RESULTS",
    "SENTENCES",
    "TYPES",
    "BadForm",
    "Fault",
    "Form",
    "Found",
    "Item",
    "Word",
    "WrongAnswer",
    "as_document",
    "checked",
    "found",
    "from_document",
    "photos",
]
