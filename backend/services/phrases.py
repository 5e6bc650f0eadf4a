"""Ready phrases: what staff say of a case with one tap. They are data, in fixtures/phrases.toml."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FILE = Path(__file__).parents[2] / "fixtures" / "phrases.toml"
Phrase = dict[str, str]


def of_move(action: str, kind: str, problem: str) -> list[Phrase]:
    """What one may want to say with a move: of this problem first, then of anything."""
    said = read(FILE).get(action, {})
    return [
        phrase for which in (f"{kind}.{problem}", kind, "any") for phrase in said.get(which, ())
    ]


@cache
def read(file: Path) -> Mapping[str, Mapping[str, list[Phrase]]]:
    """Move -> what the case is about -> its phrases, each in both languages."""
    return tomllib.loads(file.read_text("utf-8"))
