"""A whole district's cases find their unit: labelled by people, not by the code they check."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

from backend import clock as house_clock
from backend.db import database
from backend.house import House
from backend.models import Case, Notice, Remit, Unit
from backend.services import cases
from backend.start import start
from fixtures.guangming import generate, plain
from tests import databases, guangming, town
from tests.guangming import Golden

LEAST = 0.98
EVERY_DAY = 300


@pytest.fixture
def district(tmp_path: Path) -> Iterator[House]:
    if not databases.is_postgresql_run():
        yield start(town.settings(databases.fresh_sqlite(guangming.build, tmp_path)))
        database.close()
        return
    url = databases.fresh_postgres(guangming.build, f"guangming_{tmp_path.name}"[:60].lower())
    yield start(town.settings(url))
    database.close()
    databases.drop_postgres(url)


def test_the_files_are_what_the_table_makes_of_them():
    for name, text in generate.make().items():
        assert (guangming.FOLDER / name).read_text(encoding="utf-8") == text, name


def test_it_is_one_district_six_streets_31_communities_and_a_long_list(district):
    levels = [row.level for row in Unit.select()]
    assert [levels.count(one) for one in ("district", "street", "community")] == [26, 48, 31]
    assert levels.count("grid") == len(generate.grids()) >= 31 * 8
    assert Remit.select().count() >= 4_000
    assert {fault.reason for fault in cases.duty_list.faults()} == {"contradiction"}
    assert len(guangming.golden()) >= 2_000


def test_cases_of_every_sort_go_where_people_say(district, monkeypatch):
    rows = guangming.golden()
    share = dispatched_right(rows[:: len(rows) // EVERY_DAY], monkeypatch)
    assert share >= LEAST


@pytest.mark.wide
def test_98_of_100_labelled_cases_go_right_first_time_and_all_have_an_owner(district, monkeypatch):
    share = dispatched_right(guangming.golden(), monkeypatch)
    assert share >= LEAST


def dispatched_right(rows: list[Golden], monkeypatch) -> float:
    """The share that the machine alone sent to the unit of the label. All must have a unit."""
    expected: dict[int, Golden] = {}
    for day, told in groupby(sorted(rows, key=lambda row: row.day), key=lambda row: row.day):
        monkeypatch.setattr(house_clock, "now", lambda day=day: guangming.noon(day))
        expected |= {case_id: row for row, case_id in guangming.told(list(told))}
        cases.dispatch_waiting()
    found = list(Case.select())
    assert all(case.unit is not None for case in found)
    right = [
        case for case in found if case.state == "dispatched" and case.unit == expected[case.id].unit
    ]
    wrong = [
        (expected[case.id], case.unit, case.rule)
        for case in found
        if case.state == "dispatched" and case.unit != expected[case.id].unit
    ]
    waiting = len(found) - len(right) - len(wrong)
    by_rule = Counter((case.rule or "").partition(":")[0] for case in found)
    print(f"by {dict(by_rule)}")
    print(f"{len(right)} of {len(found)} right, {len(wrong)} wrong, {waiting} at the desk")
    assert wrong == []
    return len(right) / len(found)


def test_the_labels_written_by_hand_agree_with_the_plain_statement():
    by_hand = [row for row in guangming.golden()[generate.CASES :] if not row.words]
    assert len(by_hand) >= 25
    for row in by_hand:
        told = plain.Told(*row[3:6], row.day, row.owner or None, row.condition or None)
        assert plain.responsible(told) == row.unit, row


def test_each_of_sixty_rules_broken_alarms_and_every_case_has_a_unit(district, monkeypatch):
    """Mutations: the unit of a line is gone, or its area has moved; the others go on."""
    rows = [row for row in guangming.golden() if not row.words and row.day == "2026-11-20"]
    monkeypatch.setattr(house_clock, "now", lambda: guangming.noon("2026-11-20"))
    ids = [case_id for _, case_id in guangming.told(rows)]
    duties = cases.duty_list.read()
    before = {case.id: cases.consider(case, duties) for case in Case.select()}
    used = sorted({said["rule"] for said in before.values() if said["rule"] != "owner"})
    assert len(used) >= 60
    mutants = (({"unit": "GONE"}, "unit-gone"), ({"area_path": "4403/9"}, "area-gone"))
    for number, rule in enumerate(used[:60]):
        change, reason = mutants[number % 2]
        Remit.update(**change).where(Remit.key == rule.removeprefix("remit:")).execute()
        assert (rule, reason) in {tuple(fault) for fault in cases.duty_list.faults()}
    cases.look_over()
    told = [row.facts for row in Notice.select().where(Notice.kind == "rule-failed")]
    assert all(any(rule in facts for facts in told) for rule in used[:60])
    cases.dispatch_waiting()
    after = list(Case.select().where(Case.id.in_(ids)))
    assert all(case.unit is not None for case in after)
    assert all(case.state == "dispatched" or case.rule == "desk" for case in after)
