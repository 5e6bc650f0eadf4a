"""Frame numbers of e-bikes: the 15 digits of GB 17761, and the free forms of before.

The national form (整车编码) is four digits of the maker, one of the sort of vehicle, two of the
year and eight of a serial; bikes from before it bear what their makers liked.
"""

import re
import unicodedata
from typing import NamedTuple

from backend.errors import BadFrame

SORTS = {"1": "bicycle", "2": "e-bike", "3": "petrol-assisted"}
FIRST_YEAR = 18
"""The form came with the edition of 2018."""

_FREE = re.compile(r"[A-Z0-9]{6,20}")
_NATIONAL = re.compile(r"[0-9]{4}([123])([0-9]{2})[0-9]{8}")


class Frame(NamedTuple):
    """`number` in capitals without blanks or dashes; `form` national or free.

    `sort` and `year` (two digits) stand in the national form alone.
    """

    number: str
    form: str
    sort: str | None = None
    year: int | None = None


def read_frame(text: str, year: int) -> Frame:
    """The frame number that somebody typed, in the year (four digits) of today.

    Fifteen digits that cannot be of the national form count as a free one. Raises BadFrame.
    """
    number = re.sub(r"[\s\-‐-―_./]", "", unicodedata.normalize("NFKC", text)).upper()
    if not _FREE.fullmatch(number) or not any(mark.isdigit() for mark in number):
        raise BadFrame()
    if len(set(number)) < 3:
        raise BadFrame()  # 000000, or what a finger does that wants to be done.
    found = _NATIONAL.fullmatch(number)
    if found and FIRST_YEAR <= int(found[2]) <= year % 100 + 1:
        return Frame(number, "national", SORTS[found[1]], int(found[2]))
    return Frame(number, "free")
