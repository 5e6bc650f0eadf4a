"""The life of an e-bike's registration: its states, and who may move it by which act.

One table says it; the API, the buttons and the tests are drawn from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

STATES: Mapping[str, str] = {
    "review": "人工审核",
    "registered": "已登记",
    "rejected": "未通过",
    "stolen": "被盗",
    "scrapped": "已报废",
    "withdrawn": "已注销",
}
COLOURS: Mapping[str, tuple[str, str]] = {
    "black": ("黑色", "black"),
    "white": ("白色", "white"),
    "grey": ("灰色", "grey"),
    "silver": ("银色", "silver"),
    "red": ("红色", "red"),
    "pink": ("粉色", "pink"),
    "orange": ("橙色", "orange"),
    "yellow": ("黄色", "yellow"),
    "green": ("绿色", "green"),
    "cyan": ("青色", "cyan"),
    "blue": ("蓝色", "blue"),
    "purple": ("紫色", "purple"),
    "brown": ("棕色", "brown"),
    "other": ("其他颜色", "another colour"),
}
"""Few enough to be searched by; in Chinese and English."""
_CALLED = {
    called: code
    for code, words in COLOURS.items()
    for called in (code, *words, words[0].removesuffix("色"))
}
LIVE = frozenset({"review", "registered", "stolen"})
"""States in which the frame is taken."""

REASONS: Mapping[str, str] = {
    "hit_and_run": "肇事逃逸",
    "theft": "车辆被盗",
    "parking": "违规停放",
    "fire": "消防隐患",
    "lost_property": "失物招领",
}
"""Why an officer may ask whose a bike is."""


@dataclass(frozen=True)
class Move:
    """What an act leads to, and who does it: the owner, an officer, or a rule."""

    action: str
    story: str
    sources: frozenset[str]
    to: str | None  # None: the state stays.
    by: str


def _move(action: str, story: str, sources: str, to: str | None, by: str) -> Move:
    return Move(action, story, frozenset(sources.split()), to, by)


MOVES: Mapping[str, Move] = {
    move.action: move
    for move in (
        _move("approve", "Register it: a person has looked", "review", "registered", "officer"),
        _move("reject", "Turn it away, and say why", "review", "rejected", "officer"),
        _move("ask-review", "Ask for a person to look", "rejected", "review", "owner"),
        _move("cry-theft", "It was stolen", "registered", "stolen", "owner"),
        _move("find", "I have it again", "stolen", "registered", "owner"),
        _move("recover", "It was found, and given back", "stolen", "registered", "officer"),
        _move("offer", "Give it to somebody", "registered", None, "owner"),
        _move("take-back", "Take an offer back", "registered", None, "owner"),
        _move("transfer", "It is mine now", "registered", None, "owner"),
        _move("scrap", "It is no more", "registered", "scrapped", "owner"),
        _move("retag", "The plate is lost: another code", "registered stolen", None, "owner"),
        _move("correct", "Put right what was written down", "registered review", None, "owner"),
        _move(
            "withdraw", "Delete what is known of me", "registered review rejected scrapped",
            "withdrawn", "owner",
        ),
    )
}  # fmt: skip


def colour_of(text: str) -> str | None:
    """The colour that is meant, in either language; None if nobody calls one so."""
    return _CALLED.get(text.strip().lower())


def may(action: str, state: str) -> bool:
    """Whether this act is possible in this state."""
    return state in MOVES[action].sources


def actions(state: str, by: str) -> list[str]:
    """What owner or officer may do in this state, in the order of the table."""
    return [move.action for move in MOVES.values() if state in move.sources and move.by == by]
