"""Cells with numbers that the state gave out: ID numbers, credit codes, phones."""

from backend import clock
from backend.errors import BadCreditCode, BadIdNumber, BadPhone
from backend.rules import identity
from backend.services.imports.columns import Wrong


def id_number(cell: str) -> str | None:
    if not cell.strip():
        return None
    try:
        return identity.check_id_number(cell, today=clock.now().date())
    except BadIdNumber:
        raise Wrong("is not an ID number: 17 digits and the check digit that fits them") from None


def id_number_again(cell: str) -> str | None:
    """An ID number that is known to be right: only its spelling may still vary."""
    is_plain = len(cell) == 18 and cell.isascii() and cell.isalnum()
    return cell.upper() if is_plain else id_number(cell)


def credit_code(cell: str) -> str | None:
    if not cell.strip():
        return None
    try:
        return identity.check_credit_code(cell)
    except BadCreditCode:
        raise Wrong("is not a credit code: 18 characters, the last one checks the others") from None


def phone(cell: str) -> str | None:
    if not cell.strip():
        return None
    try:
        return identity.check_phone(cell)
    except BadPhone:
        raise Wrong("is not a phone number") from None


def phone_again(cell: str) -> str | None:
    """A phone that is known to be right: a plain mobile number is spelt as it is dialled."""
    is_plain = len(cell) == 11 and cell.isascii() and cell.isdigit() and cell[0] == "1"
    return cell if is_plain else phone(cell)
