"""The life of a case: nine states, and who may move it from one to another by which act.

One table says it; the API, the buttons, the tests and the printed diagram are drawn from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

STATES: Mapping[str, str] = {
    "received": "受理",
    "filed": "立案",
    "dispatched": "待签收",
    "handling": "处置中",
    "handled": "待核查",
    "closed": "结案",
    "shelved": "挂账",
    "declined": "不予立案",
    "merged": "并案",
}
OPEN = frozenset({"received", "filed", "dispatched", "handling", "handled", "shelved"})
"""States in which somebody still has to do something."""


@dataclass(frozen=True)
class Move:
    """What an action needs and where it leads. `to` None: the state stays.

    `needs` are the words of the form that may not be empty.
    """

    action: str
    story: str
    sources: frozenset[str]
    to: str | None
    needs: frozenset[str] = frozenset()


def _move(action: str, story: str, sources: str, to: str | None, needs: str = "") -> Move:
    return Move(action, story, frozenset(sources.split()), to, frozenset(needs.split()))


WORKED_ON = "dispatched handling"
ANY = " ".join(STATES)

MOVES: Mapping[str, Move] = {
    move.action: move
    for move in (
        _move("file", "Take a case on", "received", "filed"),
        _move("decline", "Take a report on no further", "received", "declined", "note"),
        _move("merge", "Put a case with another of the same", "received filed", "merged", "into"),
        _move("ask-confirmation", "Have a grid worker look first", "received", None, "reason"),
        _move("confirm", "Say whether it is as reported", "received", None, "confirmed"),
        _move("split", "Make several cases of one", "received filed", "handling", "parts"),
        _move("dispatch", "Send a case to the unit that handles it", "filed", "dispatched", "unit"),
        _move("accept", "Take a case into one's own hands", "dispatched", "handling"),
        _move("return", "Send a case back: it is not ours", WORKED_ON, "filed", "reason unit"),
        _move("reassign", "Send a case to another unit", WORKED_ON, "dispatched", "unit"),
        _move("join-in", "Have another unit assist", WORKED_ON, None, "unit words"),
        _move("acknowledge", "Say that one's unit assists", WORKED_ON, None),
        _move("report-done", "Say that one's unit has done its part", WORKED_ON, None, "note"),
        _move("feed-back", "Say what was done", "handling", "handled", "note"),
        _move("rework", "It is not right yet", "handled", "handling", "reason"),
        _move("close", "It is right: close the case", "handled", "closed"),
        _move("unmerge", "Take a case out again from another", "merged", "filed"),
        _move("pass-on", "Give a case to a colleague", "handling", None, "to"),
        _move("ask-extension", "Ask for more time", WORKED_ON, None, "reason"),
        _move("extend", "Grant more time", WORKED_ON, None),
        _move("ask-shelving", "Ask to let it wait until a day", "handling", None, "until reason"),
        _move("shelve", "Let it wait until the day that was asked for", "handling", "shelved"),
        _move("resume", "Take it up again", "shelved", "handling"),
        _move("refuse", "Do not grant what was asked for", ANY, None, "reason"),
        _move("ask-void", "Ask to strike out a test or an abuse", ANY, None, "reason"),
        _move("void", "Strike it out", ANY, "declined"),
        _move("urge", "Press for it", " ".join(OPEN), None),
        _move("comment", "Tell everybody how far it is", " ".join(OPEN), None, "note"),
    )
}
"""What staff do."""

REPORTERS: Mapping[str, Move] = {
    move.action: move
    for move in (
        _move("reopen", "It is not solved: open it again", "closed", "filed"),
        _move("appeal", "Look at it once more", "declined", "received", "words"),
    )
}
"""What a reporter may do through the link of the report, once each and within fifteen days."""

ASKS: Mapping[str, str] = {
    "extend": "extension",
    "shelve": "shelving",
    "void": "void",
    "confirm": "confirmation",
}
"""What grants or answers it -> what somebody else must have asked for."""

OF_THE_UNIT = frozenset(
    {"accept", "return", "feed-back", "pass-on", "ask-extension", "ask-shelving", "resume"}
)
"""What a handler who has a unit does only with the cases of that unit."""


def may(action: str, state: str) -> bool:
    """Whether this action is possible in this state."""
    return state in MOVES[action].sources


def actions(state: str) -> list[str]:
    """What may be done in this state, in the order of the table."""
    return [move.action for move in MOVES.values() if state in move.sources]
