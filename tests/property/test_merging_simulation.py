"""How often the machine is right when it makes one case of several dark lamps.

Streets with a lamp every 28 to 36 m, a cabinet for each row of forty. Some evenings a cabinet trips
and a third of its lamps is reported; lamps also fail alone. Right is to join what one cabinet did.
"""

import random
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest

from backend.rules import merging
from backend.rules.datum import Position
from backend.rules.geometry import destination
from backend.rules.merging import Rule, Thing
from backend.services.cases.merging import rules

STREETS, LAMPS, ROW = 40, 200, 40
EVENINGS = 60
TRIPS, FAILS, REPORTED = 0.01, 0.0005, 0.35  # An evening: of cabinets, of lamps; of dark lamps.
DUSK = datetime(2026, 11, 2, 10, tzinfo=UTC)


class Lamp(NamedTuple):
    place: Position
    cabinet: str


class Told(NamedTuple):
    """A report with what truly happened: which cabinet on which evening, or this lamp alone."""

    thing: Thing
    truth: str


def town(chance: random.Random) -> list[Lamp]:
    lamps = []
    for street in range(STREETS):
        here = Position(22.50 + street * 0.002, 113.90)  # 220 m from the next one.
        for number in range(LAMPS):
            lamps.append(Lamp(here, f"{street}-{number // ROW}"))
            here = destination(here, 90, chance.uniform(28, 36))
    return lamps


def told(chance: random.Random, lamps: list[Lamp], known: float) -> list[Told]:
    """In the order of their instants; `known` is the share of lamps whose cabinet is on file."""
    on_file = [lamp.cabinet if chance.random() < known else None for lamp in lamps]
    found = []
    for evening in range(EVENINGS):
        tripped = {f"{s}-{r}" for s in range(STREETS) for r in range(LAMPS // ROW)}
        tripped = {one for one in sorted(tripped) if chance.random() < TRIPS}
        for number, lamp in enumerate(lamps):
            is_alone = chance.random() < FAILS
            if lamp.cabinet in tripped and chance.random() < REPORTED:
                truth = f"{evening}:{lamp.cabinet}"
            elif is_alone:
                truth = f"{evening}:lamp {number}"
            else:
                continue
            at = DUSK + timedelta(days=evening, minutes=chance.uniform(0, 300))
            found.append((at, truth, lamp.place, on_file[number]))
    found.sort(key=lambda one: one[0])
    return [
        Told(Thing(case_id, "dark", "LD", place, at, same), truth)
        for case_id, (at, truth, place, same) in enumerate(found, 1)
    ]


def played(rule: Rule, known: float) -> tuple[float, float, int]:
    """Precision, recall, and how many cases were joined."""
    chance = random.Random(7)
    open_ones: list[Told] = []
    right = wrong = missed = 0
    for one in told(chance, town(chance), known):
        recent = [
            each for each in open_ones if one.thing.opened_at - each.thing.opened_at <= rule.span
        ]
        joined = merging.first_of(rule, one.thing, (each.thing for each in recent))
        if joined is None:
            missed += any(each.truth == one.truth for each in recent)
            open_ones = [*recent, one]
            continue
        parent = next(each for each in recent if each.thing.case_id == joined.case_id)
        right += parent.truth == one.truth
        wrong += parent.truth != one.truth
    return right / (right + wrong), right / (right + missed), right + wrong


@pytest.mark.parametrize(
    ("known", "precision", "recall"),
    [(1.0, 0.97, 0.97), (0.6, 0.95, 0.6), (0.0, 0.93, 0.4)],
)
def test_what_is_made_one_was_one(known, precision, recall):
    found = played(rules()["streetlight"], known)
    print(
        f"cabinet known of {known:.0%}: precision {found[0]:.3f}, recall {found[1]:.3f}, ", end=""
    )
    print(f"{found[2]} joined")
    assert found[0] >= precision
    assert found[1] >= recall


@pytest.mark.wide
def test_wider_without_the_cabinet_would_be_wrong_more_often():
    """Why two reaches: what 80 m does with no cabinet on file, 400 m would spoil."""
    known = rules()["streetlight"]
    wide = Rule.from_mapping(
        "wide",
        {
            "kind": "streetlight", "problems": ["dark"], "same": "cabinet",
            "metres": 400, "metres_same": 400, "hours": 24,
        },
    )  # fmt: skip
    assert played(wide, 0.0)[0] < played(known, 0.0)[0]


@pytest.mark.parametrize(
    "change",
    [{"metres": 0}, {"hours": True}, {"problems": []}, {"problems": "dark"}, {"more": 1}],
)
def test_a_rule_that_cannot_be_is_refused(change):
    sound = {
        "kind": "streetlight", "problems": ["dark"], "same": "cabinet",
        "metres": 80, "metres_same": 800, "hours": 24,
    }  # fmt: skip
    assert Rule.from_mapping("x", sound).reach == 800
    with pytest.raises(ValueError, match="merging, x"):
        Rule.from_mapping("x", sound | change)
