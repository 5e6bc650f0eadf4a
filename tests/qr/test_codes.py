"""Codes: minted, read back however people write them, refused by name when not ours."""

import secrets
import statistics
import time
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qr import codes
from qr.codes import Forged, Keys, Mistyped, UnknownCharacter, Unreadable, WrongLength

CITY = Keys(b"the city's key, kept in a drawer.")
STRANGER = Keys(b"somebody else's key, just as long")
NEW_KEY = b"the key of the year after, longer"

all_codes = st.binary(min_size=5, max_size=5).map(lambda value: codes.mint(CITY, lambda _: value))


def minted(chance: Random) -> str:
    return codes.mint(CITY, chance.randbytes)


# The ordinary day


def test_a_new_code_has_twelve_plain_characters_and_reads_back():
    code = codes.mint(CITY, secrets.token_bytes)
    assert len(code) == 12
    assert set(code) <= set(codes.ALPHABET)
    assert codes.read(code, CITY) == code


def test_the_format_is_frozen():
    """Plates hang for decades: this very code must be minted from these bytes for ever."""
    assert codes.mint(CITY, lambda n: b"\x3a\x06\x94\xb8\xbb"[:n]) == "78399E5VS74H"


def test_it_is_shown_in_three_groups():
    assert codes.show("7K3M9QX2DHV5") == "7K3M-9QX2-DHV5"


@given(all_codes)
def test_people_may_write_it_as_they_like(code):
    shown = codes.show(code)
    for written in (
        shown,
        shown.lower(),
        shown.replace("-", " "),
        f"  {shown}\n",
        shown.replace("-", " — "),
        shown.replace("0", "o").replace("1", "l"),
        shown.replace("0", "O").replace("1", "I"),
        "".join(chr(ord(letter) + 0xFEE0) for letter in shown),
        "\u200b" + shown.replace("-", "\u3000"),
    ):
        assert codes.read(written, CITY) == code


@given(all_codes)
def test_a_phone_without_the_key_accepts_it(code):
    assert codes.is_well_formed(code)


def test_two_keys_are_valid_while_the_key_changes():
    old_tag = minted(Random(1))
    both = Keys(NEW_KEY, previous=CITY.current)
    new_tag = codes.mint(both, Random(2).randbytes)
    assert codes.read(old_tag, both) == old_tag
    assert codes.minted_with(old_tag, both) == "previous"
    assert codes.minted_with(new_tag, both) == "current"
    with pytest.raises(Forged):
        codes.read(old_tag, Keys(NEW_KEY))


# Who must not


def test_a_code_of_another_city_is_forged():
    with pytest.raises(Forged):
        codes.read(codes.mint(STRANGER, secrets.token_bytes), CITY)


def test_a_hundred_thousand_guesses_find_none_of_a_thousand_tags():
    chance = Random(11)
    issued = {minted(chance) for _ in range(1_000)}
    passed = 0
    for _ in range(100_000):
        body = "".join(chance.choices(codes.ALPHABET, k=11))
        guess = body + codes.ALPHABET[codes._TIMES_A[codes._remainder(body)]]
        try:
            passed += 1
            assert codes.read(guess, CITY) not in issued
        except Forged:
            passed -= 1
    assert passed <= 15, "the hash lets one guess in 32,768 pass, about three here"


def test_keys_do_not_show_in_logs_and_must_be_long_and_different():
    assert "drawer" not in repr(CITY)
    with pytest.raises(ValueError, match="32 bytes"):
        Keys(b"short")
    with pytest.raises(ValueError, match="32 bytes"):
        Keys(NEW_KEY, previous=b"")
    with pytest.raises(ValueError, match="equals"):
        Keys(NEW_KEY, previous=NEW_KEY)


# What is broken


def wrong(code: str, position: int, chance: Random) -> str:
    other = chance.choice([letter for letter in codes.ALPHABET if letter != code[position]])
    return code[:position] + other + code[position + 1 :]


def swapped(code: str, first: int, second: int) -> str:
    letters = list(code)
    letters[first], letters[second] = letters[second], letters[first]
    return "".join(letters)


def doubled(code: str, first: int, second: int, chance: Random) -> tuple[str, str]:
    """The code with two equal letters at these places, and with both read as another letter."""
    one, other = chance.sample(codes.ALPHABET, 2)
    letters = list(code)
    letters[first] = letters[second] = one
    right = "".join(letters)
    letters[first] = letters[second] = other
    return right, "".join(letters)


def single(code, chance):
    return wrong(code, chance.randrange(12), chance)


def adjacent(code, chance):
    place = chance.randrange(11)
    return swapped(code, place, place + 1)


def jump(code, chance):
    place = chance.randrange(10)
    return swapped(code, place, place + 2)


@pytest.mark.parametrize("error", [single, adjacent, jump])
@pytest.mark.parametrize(
    "trials", [2_000, pytest.param(60_000, marks=pytest.mark.proof)], ids=["daily", "proof"]
)
def test_typing_errors_are_always_caught(error, trials):
    chance = Random(error.__name__)
    tried = 0
    while tried < trials:
        code = minted(chance)
        typed = error(code, chance)
        if typed == code:  # Two equal letters swapped are no error.
            continue
        tried += 1
        with pytest.raises(Mistyped):
            codes.spell(typed)


@pytest.mark.parametrize("distance", [1, 2], ids=["twin", "jump-twin"])
@pytest.mark.parametrize(
    "trials", [2_000, pytest.param(60_000, marks=pytest.mark.proof)], ids=["daily", "proof"]
)
def test_a_doubled_letter_read_as_another_is_always_caught(distance, trials):
    """77 read as 11: the check sums of the right and the wrong reading must differ."""
    chance = Random(distance)
    for _ in range(trials):
        place = chance.randrange(12 - distance)
        right, misread = doubled(minted(chance), place, place + distance, chance)
        assert codes._remainder(right) != codes._remainder(misread)


def test_every_single_error_and_every_swap_of_one_code():
    """Not a sample: all 372 wrong letters and all 66 swaps, however far apart."""
    code = minted(Random(5))
    assert len(set(code)) > 8
    for place in range(12):
        for letter in set(codes.ALPHABET) - {code[place]}:
            assert not codes.is_well_formed(code[:place] + letter + code[place + 1 :])
        for other in range(place):
            if code[place] != code[other]:
                assert not codes.is_well_formed(swapped(code, place, other))


@pytest.mark.parametrize(("text", "count"), [("", 0), ("7K3M-9QX2", 8), ("7K3M" * 4, 16)])
def test_a_wrong_length_is_counted(text, count):
    with pytest.raises(WrongLength) as refused:
        codes.spell(text)
    assert refused.value.count == count


def test_an_impossible_character_is_named_with_its_place():
    with pytest.raises(UnknownCharacter) as refused:
        codes.spell("7K3M-9QU2-DHV5")
    assert (refused.value.position, refused.value.character) == (7, "U")


# What is strange


@given(st.text(max_size=100))
def test_any_text_is_read_or_refused_by_name(text):
    try:
        code = codes.read(text, CITY)
    except Unreadable:
        return
    assert code == codes.spell(text)


def test_a_megabyte_is_refused_at_once():
    began = time.process_time()
    with pytest.raises(WrongLength):
        codes.spell("7" * 1_000_000)
    assert time.process_time() - began < 0.01


@pytest.mark.parametrize("look_alike", ["ſK3M9QX2DHV5", "7К3М9QX2DHV5", "٧K3M9QX2DHV5"])
def test_letters_of_other_alphabets_are_not_guessed(look_alike):
    with pytest.raises(UnknownCharacter):
        codes.spell(look_alike)


def test_a_source_of_too_few_bytes_is_not_trusted():
    with pytest.raises(ValueError, match="5 random bytes"):
        codes.mint(CITY, lambda n: b"\0")


def test_codes_tell_nothing_about_their_order():
    """Every character of consecutive codes changes as often as chance says: 31 of 32 times."""
    chance = Random(3)
    in_order = [minted(chance) for _ in range(4_000)]
    for place in range(12):
        changed = sum(a[place] != b[place] for a, b in pairwise(in_order))
        assert 0.955 < changed / 3_999 < 0.98


@pytest.mark.proof
def test_the_time_of_a_refusal_does_not_tell_how_near_a_guess_was():
    """Half the guesses have all hash bits wrong, half only the last: Welch's |t| < 4.5."""
    chance = Random(7)
    near, far = [], []
    both = Keys(NEW_KEY, previous=CITY.current)
    for _ in range(20_000):
        code = minted(chance)
        number = [codes._VALUE[letter] for letter in code[:11]]
        nearly = [*number[:10], number[10] ^ 1]
        not_nearly = [*number[:8], *(letter ^ 31 for letter in number[8:])]
        for guess, times in sorted(
            [(nearly, near), (not_nearly, far)], key=lambda _: chance.random()
        ):
            body = "".join(codes.ALPHABET[value] for value in guess)
            typed = body + codes.ALPHABET[codes._TIMES_A[codes._remainder(body)]]
            began = time.perf_counter_ns()
            try:
                codes.read(typed, both)
            except Forged:
                times.append(time.perf_counter_ns() - began)
    assert min(len(near), len(far)) > 19_990
    near, far = (sorted(times)[: int(len(times) * 0.9)] for times in (near, far))  # No interrupts.
    spread = (statistics.variance(near) / len(near) + statistics.variance(far) / len(far)) ** 0.5
    assert abs(statistics.mean(near) - statistics.mean(far)) / spread < 4.5
