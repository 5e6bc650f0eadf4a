"""The letters on a label: how wide they are, where a line may break, and which are missing.

Lengths are in the unit of `size`, the height of the em square: a Chinese character is as wide.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from fontTools.pens.svgPathPen import SVGPathPen  # type: ignore[import-untyped]
from fontTools.pens.transformPen import TransformPen  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

FONT = Path(__file__).parent / "fonts" / "GridtagSansSC-Medium.ttf"
EM = 1000  # Font units in the em square; checked by a test.
ASCENT = 0.88  # A Chinese character reaches from 0.88 above the baseline to 0.12 below.
LEADING = 1.25  # From one baseline to the next, in ems.

_NOT_FIRST = frozenset("，。、；：？！,.;:?!)）〕】》」』”’%")

_PAUSES = frozenset(" ，。、；：,;:")


class MissingGlyphs(ValueError):
    """The typeface lacks some characters. `characters` lists each once, in order of appearance."""

    def __init__(self, characters: str) -> None:
        named = " ".join(
            f"{character} (U+{ord(character):04X})" if character.isprintable()
            else f"U+{ord(character):04X}"
            for character in characters
        )  # fmt: skip
        super().__init__(f"The labels' typeface has no {named}. Nothing was printed.")
        self.characters = characters


def require(texts: Iterable[str]) -> None:
    """Raise MissingGlyphs unless every character of every text can be drawn."""
    known = advances()
    unknown = dict.fromkeys(letter for text in texts for letter in text if letter not in known)
    if unknown:
        raise MissingGlyphs("".join(unknown))


def width(text: str, size: float) -> float:
    """How long the text is in one line."""
    return sum(map(advances().__getitem__, text)) * size / EM


def wrap(text: str, room: float, size: float) -> list[str]:
    """The text in lines of at most `room`; a single character wider than that stays alone.

    Chinese breaks anywhere but before closing punctuation, Latin words at spaces.
    """
    known = advances()
    room = room * EM / size
    lines: list[str] = []
    while len(text) > 1 and sum(map(known.__getitem__, text)) > room:
        end, used = 0, 0
        while end < len(text) and (used := used + known[text[end]]) <= room:
            end += 1
        end = _break_before(text, max(end, 1))
        lines.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [*lines, text]


def balanced(text: str, room: float, size: float) -> list[str]:
    """Like `wrap`, but two lines are made much alike, and rather parted at a space or a comma."""
    lines = wrap(text, room, size)
    if len(lines) != 2:
        return lines
    best, least = lines, float("inf")
    for place in range(1, len(text)):
        if _may_break(text, place):
            parts = [text[:place].rstrip(), text[place:].lstrip()]
            longer = max(width(part, size) for part in parts)
            unevenness = longer * (0.6 if text[place - 1] in _PAUSES else 1)
            if longer <= room and unevenness < least:
                best, least = parts, unevenness
    return best


def _break_before(text: str, end: int) -> int:
    """The last place at or before `end` where this text may be broken."""
    return next((place for place in range(end, 0, -1) if _may_break(text, place)), end)


def _may_break(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    inside_word = before.isascii() and after.isascii() and before != " " != after
    return not inside_word and after not in _NOT_FIRST


@cache
def advances() -> dict[str, int]:
    """Each character of the typeface and its width in font units."""
    with TTFont(FONT, lazy=True) as font:
        widths = font["hmtx"].metrics
        return {chr(point): widths[name][0] for point, name in font.getBestCmap().items()}


@cache
def outline(character: str) -> str:
    """The character as an SVG path in font units, y downwards, its baseline at zero."""
    glyphs, names = _outlines()
    pen = SVGPathPen(glyphs)
    glyphs[names[ord(character)]].draw(TransformPen(pen, (1, 0, 0, -1, 0, 0)))
    return str(pen.getCommands())


@cache
def _outlines() -> tuple[Any, dict[int, str]]:
    font = TTFont(FONT, lazy=True)
    return font.getGlyphSet(), font.getBestCmap()
