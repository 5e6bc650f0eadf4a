"""What a text is to who counts: the pairs and triples of its characters, and its words.

Nothing with a digit in it, and no number written out, ever becomes one: what is counted is kept.
"""

import re
import unicodedata

MOST = 600
"""Characters that are looked at: longer complaints say it in their first lines."""
HAN = "\u3400-\u9fff\uf900-\ufaff"

_RUN = re.compile(f"[{HAN}]+|[^\\W\\d_{HAN}]+")
_NUMERALS = re.compile("[〇零一二三四五六七八九十百千万幺两]{3,}")
_TOKEN = re.compile(r"[a-z0-9._%+@-]+")
_LONGEST_WORD = 24


def runs(text: str) -> list[str]:
    """The stretches of letters: Chinese ones whole, others word by word, in lower case.

    What holds a digit or an @ is cut out whole: a plate, a phone, an address of somebody.
    """
    plain = unicodedata.normalize("NFKC", text[: MOST * 2])[:MOST].lower()
    plain = _NUMERALS.sub(" ", _TOKEN.sub(_unless_numbered, plain))
    return [run for run in _RUN.findall(plain) if len(run) <= _LONGEST_WORD or is_han(run)]


def _unless_numbered(token: re.Match[str]) -> str:
    said = token.group()
    return " " if any(mark.isdigit() or mark == "@" for mark in said) else said


def grams(text: str) -> list[str]:
    """What the text holds, each once, in the order of its first place."""
    found: dict[str, None] = {}
    before = None
    for run in runs(text):
        if is_han(run):
            before = None
            for size in (1, 2, 3):
                for at in range(len(run) - size + 1):
                    found[run[at : at + size]] = None
        else:
            found[run] = None
            if before is not None:
                found[f"{before} {run}"] = None
            before = run
    return list(found)


def is_han(run: str) -> bool:
    return run[0] >= "\u3400"
