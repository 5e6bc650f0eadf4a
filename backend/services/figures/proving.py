"""Whether the figures that are kept are those that the steps say, to the last number."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from backend.db import reading
from backend.models import Case, CaseFact, CaseTally
from backend.rules.figures.facts import Fact
from backend.services.figures.made import facts_where, made_facts
from backend.services.figures.sums import Tallies, dumped, tallies_of


class Finding(NamedTuple):
    """Figures that are not what the steps say: where, as kept, as it should be."""

    where: str
    kept: str
    true: str


def check(most: int = 20) -> list[Finding]:
    """Make everything anew from the steps and compare it with what is kept, to the last number."""
    found: list[Finding] = []
    with reading():
        expected: Tallies = defaultdict(Counter)
        for made, kept in _side_by_side():
            tallies_of(made, into=expected)
            found += [_finding_of(fact, made, kept) for fact in set(made) ^ set(kept)]
        for row in CaseTally.select().tuples().iterator():
            *key, said = row
            true = dumped(expected.pop((key[0], key[1], key[2], key[3]), Counter()))
            if said != true:
                found.append(Finding("sums of " + " ".join(key), said, true))
    missing = ((key, dumped(sums)) for key, sums in expected.items())
    found += [
        Finding("sums of " + " ".join(key), "{}", true) for key, true in missing if true != "{}"
    ]
    return sorted(set(found))[:most]


def _side_by_side() -> Iterable[tuple[list[Fact], list[Fact]]]:
    """Facts as the steps say them and as they are kept, some hundred cases at a time."""
    last = 0
    while True:
        rows = Case.select(Case.id).where(Case.id > last).order_by(Case.id).limit(500)
        wanted = [row.id for row in rows]
        if not wanted:
            break
        yield list(made_facts(wanted)), facts_where(CaseFact.case_id.between(last + 1, wanted[-1]))
        last = wanted[-1]
    yield [], facts_where(CaseFact.case_id > last)


def _finding_of(fact: Fact, made: Sequence[Fact], kept: Sequence[Fact]) -> Finding:
    name = (fact.case_id, fact.round)
    true, stored = (
        next((each for each in side if (each.case_id, each.round) == name), None)
        for side in (made, kept)
    )
    differ = [
        field
        for field in Fact._fields
        if true is None or stored is None or getattr(true, field) != getattr(stored, field)
    ]

    def said(one: Fact | None) -> str:
        return "nothing" if one is None else str({field: getattr(one, field) for field in differ})

    return Finding(f"case {fact.case_id}, round {fact.round}", said(stored), said(true))
