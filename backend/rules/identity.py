"""Numbers that the state gave out: ID numbers, credit codes and phones, checked by their rules."""

import re
import unicodedata
from datetime import date
from operator import mul

from backend.errors import BadCreditCode, BadIdNumber, BadPhone

Sex = str
"""One letter as in the residents' files: "m" or "f"."""


def check_id_number(text: str, today: date) -> str:
    """The 18 characters with a capital X, if they are a possible ID number (GB 11643).

    Checked: shape, a real birthday between 1900 and `today`, the check digit (ISO 7064
    MOD 11-2). Not checked: the county, whose codes change. Raises BadIdNumber.
    """
    number = _tidy(text).upper()
    if not _ID_NUMBER.fullmatch(number) or _id_check(number) != number[17]:
        raise BadIdNumber()
    born = birth_date_of(number)
    if not date(1900, 1, 1) <= born <= today:
        raise BadIdNumber()
    return number


def birth_date_of(id_number: str) -> date:
    """The birthday inside an ID number. Raises BadIdNumber if there is no such day."""
    try:
        return date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))
    except ValueError:
        raise BadIdNumber() from None


def sex_of(id_number: str) -> Sex:
    """ "m" or "f": whether the 17th digit is odd."""
    return "m" if int(id_number[16]) % 2 else "f"


def check_credit_code(text: str) -> str:
    """The 18 capitals and digits of a unified social credit code (GB 32100).

    Raises BadCreditCode for another shape or a wrong check character (MOD 31).
    """
    code = _tidy(text).upper()
    if not _CREDIT_CODE.fullmatch(code) or _credit_check(code) != code[17]:
        raise BadCreditCode()
    return code


def check_phone(text: str) -> str:
    """A phone as it is dialled from the mainland: 13812345678, 075588881234 or +85291234567.

    Blanks, dashes and brackets are dropped, and so is +86 or 0086. Raises BadPhone.
    """
    plain = _MAINLAND.fullmatch(text)  # Nearly all of them, in a fifth of the time.
    if plain:
        return plain[1]
    number = re.sub(r"[\s()\-‐-―]", "", _tidy(text))
    for shape, lead in ((_MAINLAND, ""), (_LANDLINE_ABROAD, "0"), (_HONG_KONG, "+852")):
        found = shape.fullmatch(number)
        if found:
            return lead + found[1]
    raise BadPhone()


_ID_NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_ZEROS = ord("0") * sum(_ID_WEIGHTS)

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # No I, O, S, V, Z: too like digits.
_CREDIT_CODE = re.compile(rf"[{_CREDIT_ALPHABET}]{{2}}[0-9]{{6}}[{_CREDIT_ALPHABET}]{{10}}")
_CREDIT_VALUES = {letter: value for value, letter in enumerate(_CREDIT_ALPHABET)}

_AREA = r"(?:10|2[0-9]|[3-9][0-9]{2})"  # Behind the leading 0 of a landline.
_MAINLAND = re.compile(rf"(?:(?:\+|00)?86)?(1[3-9][0-9]{{9}}|0{_AREA}[2-9][0-9]{{6,7}})")
_LANDLINE_ABROAD = re.compile(rf"(?:\+|00)86({_AREA}[2-9][0-9]{{6,7}})")
_HONG_KONG = re.compile(r"(?:\+|00)852([2-9][0-9]{7})")


def _tidy(text: str) -> str:
    """Full-width letters narrowed, blanks dropped: people paste from forms."""
    if text.isascii() and text.isalnum():
        return text
    return "".join(unicodedata.normalize("NFKC", text).split())


def _id_check(number: str) -> str:
    # Weighed as the codes of the digits, less what the code of "0" adds: imports do this often.
    total = sum(map(mul, _ID_WEIGHTS, number[:17].encode())) - _ID_ZEROS
    return "10X98765432"[total % 11]


def _credit_check(code: str) -> str:
    total = sum(
        _CREDIT_VALUES[letter] * pow(3, place, 31) for place, letter in enumerate(code[:17])
    )
    return _CREDIT_ALPHABET[-total % 31]
