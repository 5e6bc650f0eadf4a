"""ID numbers, credit codes and phones: the real ones pass, a slip of one letter never does."""

import string
from datetime import date

import pytest

from backend.errors import BadCreditCode, BadIdNumber, BadPhone
from backend.rules.identity import (
    birth_date_of,
    check_credit_code,
    check_id_number,
    check_phone,
    sex_of,
)

TODAY = date(2026, 3, 2)


# Invented people: 440399 is no county and never was.
def invented(body):
    """17 digits and the check digit of the published algorithm, in other words than ours."""
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


# --- ID numbers --------------------------------------------------------------------------


def test_an_invented_person_passes():
    number = invented("44039919880307214")
    assert check_id_number(number, TODAY) == number == "440399198803072144"
    assert birth_date_of(number) == date(1988, 3, 7)
    assert sex_of(number) == "f"
    assert sex_of(invented("44039919880307213")) == "m"


@pytest.mark.parametrize(
    "typed",
    ["44039919880307000x", " 440399 19880307 000X ", "４４０３９９１９８８０３０７０００Ｘ"],
)
def test_what_people_type_is_tidied(typed):
    number = "44039919880307000X"
    assert invented(number[:17]) == number
    assert check_id_number(typed, TODAY) == number


@pytest.mark.wide
def test_two_libraries_agree_where_they_can():
    ric = pytest.importorskip("stdnum.cn.ric")
    validator = pytest.importorskip("id_validator.validator")
    # 440304 is Futian: a county that both of them know.
    for serial in range(0, 1000, 37):
        number = invented(f"44030419880307{serial:03d}")
        assert ric.is_valid(number)
        assert validator.is_valid(number)
        assert check_id_number(number, TODAY) == number
        assert ric.get_birth_date(number) == birth_date_of(number)
        wrong = number[:17] + ("0" if number[17] != "0" else "1")
        assert not ric.is_valid(wrong)
        assert not validator.is_valid(wrong)
        with pytest.raises(BadIdNumber):
            check_id_number(wrong, TODAY)


def test_every_slip_of_one_digit_is_caught():
    number = invented("44039919880307214")
    for place in range(18):
        for digit in string.digits + "X":
            if digit != number[place]:
                slip = number[:place] + digit + number[place + 1 :]
                with pytest.raises(BadIdNumber):
                    check_id_number(slip, TODAY)


def test_every_swap_of_neighbours_is_caught():
    number = invented("44039919780316257")
    for place in range(17):
        swapped = list(number)
        swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
        if "".join(swapped) != number:
            with pytest.raises(BadIdNumber):
                check_id_number("".join(swapped), TODAY)


@pytest.mark.parametrize(
    "birthday", ["19870229", "19881301", "19880631", "19880000", "18991231", "20260303", "30000101"]
)
def test_a_birthday_that_never_was_or_is_to_come_is_refused(birthday):
    with pytest.raises(BadIdNumber):
        check_id_number(invented(f"440399{birthday}001"), TODAY)


@pytest.mark.parametrize("birthday", ["19880229", "20000229", "20260302", "19000101"])
def test_leap_days_and_the_newborn_pass(birthday):
    assert check_id_number(invented(f"440399{birthday}001"), TODAY)


@pytest.mark.parametrize(
    "wrong",
    ["", "440399880307214", "44039919880307214", "4403991988030721444", "X" * 18, "0" * 18,
     "44039919880307214４\u0000", "４" * 17, "①40399198803072144", "-40399198803072144",
     "44039919880307٣144", "H123456(7)"],
)  # fmt: skip
def test_other_shapes_are_refused(wrong):
    with pytest.raises(BadIdNumber):
        check_id_number(wrong, TODAY)


# --- Credit codes ------------------------------------------------------------------------

KNOWN = ["91440300708461136T", "91110000600037341L", "914403001922038216", "91350100M000100Y43"]


@pytest.mark.parametrize("code", KNOWN)
def test_published_credit_codes_pass(code):
    assert check_credit_code(code) == code
    assert check_credit_code(f" {code[:8].lower()} {code[8:].lower()}") == code


def test_the_library_agrees():
    uscc = pytest.importorskip("stdnum.cn.uscc")
    for code in KNOWN:
        for last in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            ours = True
            try:
                check_credit_code(code[:17] + last)
            except BadCreditCode:
                ours = False
            assert ours == uscc.is_valid(code[:17] + last)


@pytest.mark.parametrize(
    "wrong",
    ["", KNOWN[0][:17], KNOWN[0] + "0", "9144030070846113OT", "S1440300708461136T",
     "91440300708461136U", "19440300708461136T", "91440A00708461136T"],
)  # fmt: skip
def test_wrong_credit_codes_are_refused(wrong):
    with pytest.raises(BadCreditCode):
        check_credit_code(wrong)


def test_every_slip_in_a_credit_code_is_caught():
    code = KNOWN[0]
    for place in range(18):
        for letter in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            if letter != code[place]:
                with pytest.raises(BadCreditCode):
                    check_credit_code(code[:place] + letter + code[place + 1 :])


# --- Phones ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13812345678", "13812345678"),
        ("+86 138 1234 5678", "13812345678"),
        ("0086-19912345678", "19912345678"),
        ("8613812345678", "13812345678"),
        ("0755-88881234", "075588881234"),
        ("(0755) 8888 1234", "075588881234"),
        ("+86 755 8888 1234", "075588881234"),
        ("010—62345678", "01062345678"),
        ("0898-6234567", "08986234567"),
        ("+852 9123 4567", "+85291234567"),
        ("00852-2345-6789", "+85223456789"),
        ("１３８１２３４５６７８", "13812345678"),
    ],
)
def test_phones_are_kept_as_dialled(typed, kept):
    assert check_phone(typed) == kept
    assert check_phone(kept) == kept


@pytest.mark.parametrize(
    "wrong",
    ["", "1381234567", "138123456789", "12012345678", "88881234", "0755-188812345", "+1 2025550123",
     "+852 1123 4567", "95588", "phone", "138123４567\u0000", "+8613812345678901", "0755-0888123"],
)  # fmt: skip
def test_other_numbers_are_refused(wrong):
    with pytest.raises(BadPhone):
        check_phone(wrong)
