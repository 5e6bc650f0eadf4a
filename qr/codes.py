"""The twelve characters on a tag: what they hold, how they are written and how junk is refused.

A code is 60 bits in Crockford's alphabet: 40 random bits, 15 bits of a keyed hash over them and
one check character. It says nothing about the thing it hangs on. It is stored as `7K3M9QX2DHV5`
and shown as `7K3M-9QX2-DHV5`.

Two refusals with two strengths:
the check character needs no secret, so a phone can name a typing error while offline;
the hash needs the city's key, so of 32,768 invented codes one at most reaches the database.

Neither makes a code unique. Forty random bits will repeat now and then among millions of tags:
the table of minted codes decides, and a repeated code is simply minted again.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # No I, L, O: read as 1, 1, 0. No U: no rude words.
LENGTH = 12
RANDOM_BYTES = 5
MAC_BITS = 15
GROUP = 4
KEY_BYTES = 32
LONGEST_INPUT = 64  # A person types at most a few spaces more than twelve characters.

_PURPOSE = b"gridtag code 1\0"  # The same key signs other things; this hash is ours alone.
_VALUE = {character: value for value, character in enumerate(ALPHABET)}


class Unreadable(ValueError):
    """This text is not one of our codes; the children say why."""


class WrongLength(Unreadable):
    """Some characters are missing or too many. `count` is how many were there."""

    def __init__(self, count: int) -> None:
        super().__init__(f"A code has {LENGTH} characters; this has {count}.")
        self.count = count


class UnknownCharacter(Unreadable):
    """A character no code contains. `position` counts from 1, spaces and dashes left out."""

    def __init__(self, position: int, character: str) -> None:
        super().__init__(f"Character {position}, {character!r}, is never part of a code.")
        self.position = position
        self.character = character


class Mistyped(Unreadable):
    """Twelve possible characters, but together no code: one is wrong, or two are swapped.

    Which one is not said: whoever knows it can turn any guess into a well-formed code.
    """

    def __init__(self) -> None:
        super().__init__("This code has a typing error. Compare it with the tag, group by group.")


class Forged(Unreadable):
    """Well written, but never minted with one of the city's keys."""

    def __init__(self) -> None:
        super().__init__("No tag of this city has this code.")


@dataclass(frozen=True)
class Keys:
    """The secret keys, each of at least 32 bytes. New codes take `current`; both are accepted.

    A rotation is over when no tag minted with `previous` hangs anywhere: `minted_with` tells.
    """

    current: bytes = field(repr=False)
    previous: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        for key in (self.current, self.previous):
            if key is not None and len(key) < KEY_BYTES:
                raise ValueError(f"A tag key needs at least {KEY_BYTES} bytes.")
        if self.current == self.previous:
            raise ValueError("The previous tag key equals the current one.")


def mint(keys: Keys, random: Callable[[int], bytes]) -> str:
    """Make a new code. `random(n)` gives n unpredictable bytes: `secrets.token_bytes`."""
    value = random(RANDOM_BYTES)
    if len(value) != RANDOM_BYTES:
        raise ValueError(f"Asked for {RANDOM_BYTES} random bytes, got {len(value)}.")
    number = int.from_bytes(value) << MAC_BITS | _mac(value, keys.current)
    body = "".join(ALPHABET[number >> shift & 31] for shift in range(50, -1, -5))
    return body + ALPHABET[_TIMES_A[_remainder(body)]]


def read(text: str, keys: Keys) -> str:
    """The code a person typed or a camera saw, as twelve characters.

    Case, spaces, dashes and full-width letters do not matter; I and L are 1, O is 0.
    Raises WrongLength, UnknownCharacter, Mistyped or Forged, all of them Unreadable.
    """
    code = spell(text)
    _key_of(code, keys)
    return code


def spell(text: str) -> str:
    """Like `read`, but without any key: what a phone can check offline. Never raises Forged."""
    if len(text) > LONGEST_INPUT:
        raise WrongLength(len(text))
    code = text.translate(_SPELLING)
    for position, character in enumerate(code, start=1):
        if character not in _VALUE:
            raise UnknownCharacter(position, character)
    if len(code) != LENGTH:
        raise WrongLength(len(code))
    if _remainder(code):
        raise Mistyped
    return code


def is_well_formed(text: str) -> bool:
    """Whether a phone without the key would accept this text."""
    try:
        spell(text)
    except Unreadable:
        return False
    return True


def minted_with(code: str, keys: Keys) -> Literal["current", "previous"]:
    """Which key made this code; raises Forged if neither did."""
    return _key_of(spell(code), keys)


def show(code: str) -> str:
    """`7K3M9QX2DHV5` as people read it aloud: `7K3M-9QX2-DHV5`."""
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def _key_of(code: str, keys: Keys) -> Literal["current", "previous"]:
    number = 0
    for character in code[:-1]:
        number = number << 5 | _VALUE[character]
    value = (number >> MAC_BITS).to_bytes(RANDOM_BYTES)
    claimed = (number & (1 << MAC_BITS) - 1).to_bytes(2)
    # Both keys are always tried and whole hashes compared: the time taken tells a guesser nothing.
    current = hmac.compare_digest(_mac(value, keys.current).to_bytes(2), claimed)
    previous = hmac.compare_digest(_mac(value, keys.previous or keys.current).to_bytes(2), claimed)
    if current:
        return "current"
    if previous:
        return "previous"
    raise Forged


def _mac(value: bytes, key: bytes) -> int:
    digest = hmac.digest(key, _PURPOSE + value, "sha256")
    return int.from_bytes(digest[:2]) >> 16 - MAC_BITS


# The check character makes the sum of a^(11-i) * c[i] zero in GF(32), where the element a has
# order 31. Twelve positions have twelve different weights, and so have any two of them added:
# every single error, swap of two characters and doubled pair changes the sum.
_TIMES_A = [value << 1 ^ (0b100101 if value & 16 else 0) for value in range(32)]  # x^5 + x^2 + 1


def _remainder(characters: str) -> int:
    total = 0
    for character in characters:
        total = _TIMES_A[total] ^ _VALUE[character]
    return total


def _spellings() -> dict[int, str | None]:
    """Every character a person or an input method may write instead of the one on the tag."""
    table: dict[int, str | None] = {
        ord(look): digit for look, digit in zip("ILO", "110", strict=True)
    }
    table |= {ord(character): character for character in ALPHABET}
    table |= {ord(chr(point).lower()): character for point, character in table.items()}
    full_width = 0xFEE0  # A Chinese keyboard left in full-width mode writes 'Ａ' for 'A'.
    table |= {point + full_width: character for point, character in table.items()}
    dashes = "-_‐‑‒–—―−－﹣ー"
    spaces = " \t\r\n\u00a0\u2002\u2003\u2009\u202f\u3000"
    unseen = "\u200b\u200c\u200d\u2060\ufeff"  # Chat programs add these when text is copied.
    return table | {ord(character): None for character in dashes + spaces + unseen}


_SPELLING = _spellings()
