"""What a case's own words make of it: a proposal for the machine that dispatches, and for the desk.

Nobody waits for it while a report comes in. Words are opened in memory and leave as a few grams
that many people have used.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from backend.models import Case
from backend.rules.reading import Found, Reader
from backend.services import problems, standards, words

MOST_REPORTS = 5
MOST = 3
UNSORTED = "street.other"
"""What people are asked about anyway: a reading that says this says nothing."""


@dataclass
class Proposal:
    """What it may be. `unit` only if people have taught the unit itself; else the duty list knows.

    `why` are grams that spoke for it, with a +, and against it, with a -.
    """

    unit: str | None
    kind: str | None
    problem: str | None
    condition: str | None
    sureness: float
    why: Sequence[str]


def propose(case: Case, /) -> Proposal | None:
    """The likeliest; None if the words say too little, or that a person should look."""
    found = proposals(case, most=1)
    return found[0] if found else None


def proposals(case: Case, most: int = MOST) -> list[Proposal]:
    """The likeliest first."""
    learnt = words.reader()
    if learnt is None:
        return []
    told = words.of_cases([case.id], most=MOST_REPORTS)
    text = "。".join([*([case.words] if case.words else []), *(one.text for one in told)])
    read = learnt.read(text, _among(case.kind, learnt), most)
    if not read or read[0].label == UNSORTED:
        return []
    return [_proposal(found) for found in read if found.label != UNSORTED]


def _among(kind: str, learnt: Reader) -> Collection[str]:
    """A known thing has the problems of its kind. What lies in the street may be anything there."""
    kinds = (problems.STREET, problems.BUILDING) if kind == problems.STREET else (kind,)
    opens = (*(f"{one}." for one in kinds), words.UNIT)
    return {label for label in learnt.labels if label.startswith(opens)}


def _proposal(found: Found) -> Proposal:
    why = [*(f"+{gram}" for gram in found.spoke_for), *(f"-{gram}" for gram in found.spoke_against)]
    if found.label.startswith(words.UNIT):
        unit = found.label.removeprefix(words.UNIT)
        return Proposal(unit, None, None, None, found.sureness, why)
    kind, _, problem = found.label.partition(".")
    known = standards.standard().problems.get((kind, problem))
    return Proposal(None, kind, problem, known.code if known else None, found.sureness, why)
