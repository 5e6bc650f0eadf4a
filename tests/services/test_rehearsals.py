"""A duty list is tried on last month's cases before it counts."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from backend.__main__ import main
from backend.errors import Invalid, NotAllowed
from backend.models import Area, Case, Notice, Remit, TrailLine
from backend.services import cases, rehearsals
from tests.services.test_cases_dispatching import REMITS, desk, place
from tests.services.test_cases_moves import clock, fen, snapshot, told, town, worker, wu, xie

__all__ = ["clock", "desk", "fen", "snapshot", "town", "worker", "wu", "xie"]

HEADER = "key,kind,problem,area,unit,since,until\n"


@pytest.fixture
def month(clock, bring, town):
    """A list, and cases of four weeks by it; one is older."""
    bring("remits", REMITS)
    clock.now -= timedelta(days=31)
    place()
    clock.now += timedelta(days=10)
    for problem in ("rubbish", "rubbish", "flood"):
        place(problem)
    told()
    clock.now += timedelta(days=21)


def tried(tmp_path, text: str, **more):
    file = tmp_path / "new.csv"
    file.write_text(HEADER + text, encoding="utf-8")
    more.setdefault("by", worker(9, "administrator", "4403"))
    return rehearsals.rehearse(file, **more)


def test_it_says_who_would_get_what_and_nothing_is_kept(month, tmp_path):
    before = [list(Remit.select().dicts()), TrailLine.select().count(), Notice.select().count()]
    found = tried(tmp_path, "1,street,rubbish,440304,LD,,\n9,street,flood,440304,HW,,\n")
    assert (found.cases, found.same, found.elsewhere, found.from_nobody) == (4, 1, 2, 1)
    assert [tuple(way) for way in map(vars_of, found.ways)] == [
        ("street", "rubbish", "HW", "LD", 2),
        ("street", "flood", None, "HW", 1),
    ]
    assert found.is_well
    after = [list(Remit.select().dicts()), TrailLine.select().count(), Notice.select().count()]
    assert after == before


def vars_of(way):
    return vars(way).values()


def test_a_list_of_next_month_is_tried_as_of_its_first_day(month, tmp_path):
    later = "1,street,rubbish,440304,HW,,2027-01-01\n2,street,rubbish,440304,LD,2027-01-01,\n"
    found = tried(tmp_path, later)
    assert (found.day, found.elsewhere) == ("2027-01-01", 2)
    assert tried(tmp_path, later, day="2026-12-31").elsewhere == 0


def test_what_would_go_to_nobody_or_contradict_is_not_well(month, tmp_path):
    ends = tried(tmp_path, "1,street,rubbish,440304,HW,,2026-01-01\n")
    assert (ends.to_nobody, ends.is_well) == (2, False)
    twice = tried(tmp_path, f"5,street,rubbish,{Remit.get(key='1').area_path[-12:]},LD,,\n")
    assert {(one.rule, one.reason) for one in twice.new_faults} == {
        ("remit:1", "contradiction"), ("remit:5", "contradiction"),
    }  # fmt: skip
    assert not twice.is_well


def test_a_file_with_errors_is_not_tried(month, tmp_path):
    found = tried(tmp_path, "1,street,snow,440304,HW,,\n")
    assert (found.file.errors, found.cases, found.is_well) == (1, 0, False)


def test_only_who_may_load_it_may_try_it_and_not_for_ten_years(month, tmp_path):
    with pytest.raises(NotAllowed):
        tried(tmp_path, "", by=worker(1, "dispatcher"))
    with pytest.raises(Invalid):
        tried(tmp_path, "", days=3_660)


def test_the_command_says_it_in_lines_and_by_its_ending(month, tmp_path, monkeypatch):
    monkeypatch.setattr("backend.duty_commands.open_house", lambda tables: None)
    file = tmp_path / "new.csv"
    file.write_text(HEADER + "1,street,rubbish,440304,LD,,\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["duty-list", "dry-run", str(file)])
    assert done.exit_code == 0
    assert "2  street.rubbish: HW -> LD" in done.output
    file.write_text(HEADER + "1,street,rubbish,440304,LD,,2026-01-01\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["duty-list", "dry-run", str(file), "--json"])
    assert done.exit_code == 1
    assert json.loads(done.output)["to_nobody"] == 2
    assert CliRunner().invoke(main, ["duty-list", "faults"]).exit_code == 0
    Remit.update(unit="gone").execute()
    done = CliRunner().invoke(main, ["duty-list", "faults"])
    assert (done.exit_code, "remit:1: unit-gone" in done.output) == (1, True)


def test_a_line_loaded_early_begins_on_its_day(month, bring, clock, fen):
    area = Area.get_by_id("440304").code
    wide = f"1,street,rubbish,{area},HW,,2026-11-23\n8,street,rubbish,{area},LD,2026-11-23,\n"
    bring("remits", HEADER + wide)
    units = []
    for days in (0, 2):
        clock.now += timedelta(days=days)
        units.append(cases.consider(cases.find(place()))["unit"])
    assert units == ["HW", "LD"]
    assert Case.select().count()
