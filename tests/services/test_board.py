"""The board: sums that are kept say what the facts say, and every number is as long as its list."""

from collections import Counter
from datetime import date, timedelta

import pytest

from backend import clock as house_clock
from backend.actor import Actor
from backend.db import to_ms
from backend.errors import Invalid, NotAllowed, NotFound, NotYourArea
from backend.models import Area, Case, CaseCursor, CaseFact, CaseStep, Unit
from backend.rules.figures import periods, table
from backend.rules.figures.periods import Period
from backend.rules.permits import Grant
from backend.services import figures, past
from backend.services.figures import Asked, Which, reading, scoping
from backend.services.figures.made import facts_where
from tests.town import Clock

CITY, DISTRICT, STREET, COMMUNITY = "4403", "440304", "440304004", "440304004028"
LAST_MONTH = Period(date(2026, 10, 1), date(2026, 10, 31))
ODD_DAYS = Period(date(2026, 9, 20), date(2026, 11, 2))


def actor(area: str, role: str = "supervisor") -> Actor:
    grants = (Grant(role, Area.get_by_id(area).path),)
    return Actor(1, "du", "Du", grants, roles=(role,))


@pytest.fixture
def du(opened, clock):
    """A supervisor of the district, which has had two hundred cases in two months."""
    assert past.fill_demo(200, 60) > 150
    figures.keep()
    return actor(DISTRICT)


def brute(paths, period, value_of, is_mine=lambda fact: True, now=None):
    """Added up by hand from every fact there is."""
    found: dict[str, Counter[str]] = {}
    first, last = periods.day_of(period.start_ms), periods.day_of(period.end_ms) - 1
    for fact in facts_where(CaseFact.round > 0):
        if not any(fact.area_path == p or fact.area_path.startswith(f"{p}/") for p in paths):
            continue
        if not is_mine(fact):
            continue
        for day, key, count in table.contributions(fact):
            if not first <= day <= last:
                continue
            is_later = key in LATER and fact.due_at > to_ms(house_clock.now())
            if not is_later:
                found.setdefault(value_of(fact), Counter())[key] += count
    return found


LATER = {"owed", "deferred", "done", "kept"}
VALUES = {
    "all": lambda fact: "",
    "unit": lambda fact: fact.unit or "",
    "class": lambda fact: f"{fact.kind}.{fact.problem}",
    "channel": lambda fact: fact.channel,
}


@pytest.mark.parametrize("period", [LAST_MONTH, ODD_DAYS])
@pytest.mark.parametrize("area", [CITY, DISTRICT, STREET, COMMUNITY])
@pytest.mark.parametrize("facet", VALUES)
def test_kept_sums_and_added_facts_say_the_same(du, area, facet, period):
    path = Area.get_by_id(area).path
    for filters, is_mine in (
        ({}, lambda fact: True),
        ({"unit": "FT-LD"}, lambda fact: fact.unit == "FT-LD"),
        ({"klass": "streetlight"}, lambda fact: fact.kind == "streetlight"),
        ({"channel": "scan"}, lambda fact: fact.channel == "scan"),
        (
            {"channel": "scan", "unit": "FT-LD"},
            lambda fact: (fact.channel, fact.unit) == ("scan", "FT-LD"),
        ),
    ):
        told = reading.grouped(scoping.Narrow((path,), **filters), period, facet)
        assert told == brute([path], period, VALUES[facet], is_mine), filters


@pytest.mark.parametrize("area", [CITY, DISTRICT, STREET])
def test_the_areas_below_add_up_to_the_area(du, area):
    narrow = scoping.Narrow((Area.get_by_id(area).path,))
    parts = reading.grouped(narrow, LAST_MONTH, "area")
    assert sum(parts.values(), Counter()) == reading.total(narrow, LAST_MONTH)
    assert all(len(code) > len(area) for code in parts)


def test_days_add_up_to_the_period(du):
    for area in (STREET, CITY):
        narrow = scoping.Narrow((Area.get_by_id(area).path,))
        for period in (LAST_MONTH, Period(date(2026, 1, 1), date(2026, 11, 2))):
            days = reading.grouped(narrow, period, "span")
            assert sum(days.values(), Counter()) == reading.total(narrow, period)


def test_a_deadline_later_today_is_not_due_yet(du, clock):
    fact = CaseFact.select().where(CaseFact.due_at.is_null(False)).first()
    later = to_ms(house_clock.now()) + 3_600_000
    Case.update(due_at=later).where(Case.id == fact.case_id).execute()
    figures.rebuild()
    narrow = scoping.Narrow(("4403",))
    today = periods.named("day", reading.today())
    before, now = reading.total(narrow, today)["owed"], to_ms(house_clock.now())
    soon = facts_where(CaseFact.due_at.between(now + 1, later), CaseFact.owed == 1)
    assert soon
    clock.passes(hours=1)
    assert reading.total(narrow, today)["owed"] == before + len(soon)
    board = figures.overview(Asked(period="day"), by=du)
    owed = next(one for one in board["figures"] if one["name"] == "kept")["whole"]
    assert figures.listed(Asked(period="day"), Which(count="owed"), by=du)["total"] == owed


# --- Every number is as long as its list ----------------------------------------------------


@pytest.mark.parametrize("asked", [Asked(), Asked(period="last-month"), Asked(unit="FT-LD")])
def test_every_figure_is_as_long_as_its_list(du, asked):
    board = figures.overview(asked, by=du)
    assert board["counts"]["received"] > 0
    for one in board["figures"]:
        if one["name"] == "joined":  # It counts reports.
            continue
        for count, number in ((one["part_of"], one["part"]), (one["whole_of"], one["whole"])):
            assert total(asked, du, count=count) == number, count
        missed = total(asked, du, count=one["whole_of"], lacks=one["part_of"])
        assert missed == one["whole"] - one["part"], one["name"]


def total(asked, by, **which) -> int:
    return figures.listed(asked, Which(**which), by=by)["total"]


@pytest.mark.parametrize("by", figures.FACETS)
def test_every_row_is_as_long_as_its_list(du, by):
    for row in figures.breakdown(Asked(), by, by=du)["rows"]:
        if by == "level":
            continue
        name = {"class": "klass"}.get(by, by)
        asked = Asked(**{name: row["code"]})
        for count in ("received", "closed", "owed"):
            assert total(asked, du, count=count) == row["counts"][count]
        if row["late"] is not None:
            assert total(asked, du, why="any") == row["late"]


def test_a_list_goes_on_and_names_each_case_once(du):
    found, skip = [], 0
    while True:
        page = figures.listed(Asked(), Which(count="received"), skip=skip, most=7, by=du)
        found += [one["number"] for one in page["items"]]
        if page["next"] is None:
            break
        skip = int(page["next"])
    assert len(found) == len(set(found)) == page["total"]


# --- Late ----------------------------------------------------------------------------------


@pytest.fixture
def late(opened, clock):
    """A case for each reason to be late, and one beside it that is not."""
    now = clock()
    path = Area.get_by_id(COMMUNITY).path
    past_, ahead = now - timedelta(hours=30), now + timedelta(hours=1)
    common = {
        "kind": "bin", "problem": "full", "name": "桶", "area_path": path, "channel": "scan",
        "opened_at": past_, "updated_at": past_,
    }  # fmt: skip
    for at in (past_, ahead):
        for values in (
            {"state": "filed", "dispatch_by": at},
            {"state": "filed", "dispatched_at": past_, "due_at": at, "unit": "FT-HW"},
            {"state": "dispatched", "dispatched_at": past_, "accept_by": at, "unit": "FT-HW"},
            {"state": "handling", "dispatched_at": past_, "due_at": at, "unit": "FT-HW"},
            {"state": "handled", "handled_at": past_ if at == past_ else now, "unit": "FT-LD"},
            {"state": "closed", "closed_at": past_, "answer_by": at, "unit": "FT-LD"},
        ):
            case = Case.create(**common, **values)
            if values["state"] == "closed":
                CaseStep.create(case_id=case.id, at=past_, action="close", state="closed")
    figures.keep()
    return actor(DISTRICT)


def test_each_late_case_has_one_reason(late):
    board = figures.overview(Asked(), by=late)["late"]
    assert board["cases"] == 6
    assert {one["why"]: one["cases"] for one in board["why"]} == dict.fromkeys(figures.WHY, 1)
    for why in (*figures.WHY, "any"):
        assert total(Asked(), late, why=why) == (6 if why == "any" else 1)
    by_unit = {(one["unit"] or {}).get("code"): one["cases"] for one in board["units"]}
    assert by_unit == {"FT-HW": 3, "FT-LD": 2, None: 1}
    assert next(iter(by_unit)) == "FT-HW"  # Whoever has most stands first.
    for code, count in by_unit.items():
        assert total(Asked(unit=code or ""), late, why="any") == count


def test_what_is_late_is_found_where_it_lies_and_oldest_first(late):
    page = figures.listed(Asked(), Which(why="any"), by=late)
    ats = [one["at"] for one in page["items"]]
    assert ats == sorted(ats)
    assert figures.overview(Asked(), by=late)["late"]["since"] == ats[0]


def test_marks_are_as_long_as_their_lists(late):
    Case.update(returns=2).where(Case.state == "filed").execute()
    Case.update(overdue_at=house_clock.now()).where(Case.state == "handling").execute()
    marks = figures.overview(Asked(), by=late)["late"]["marks"]
    assert {one["mark"]: one["cases"] for one in marks} == {"returned-twice": 4, "overdue": 2}
    for one in marks:
        assert total(Asked(), late, mark=one["mark"]) == one["cases"]


def test_a_case_that_was_overdue_stays_marked(late):
    """More time granted later hides nothing."""
    Case.update(overdue_at=house_clock.now()).where(Case.state == "handling").execute()
    Case.update(due_at=house_clock.now() + timedelta(days=9)).execute()
    assert total(Asked(), late, mark="overdue") == 2
    assert total(Asked(), late, why="handle") == 0


# --- Whose it is ---------------------------------------------------------------------------


def test_who_has_no_part_in_it_sees_nothing(du):
    with pytest.raises(NotAllowed):
        figures.overview(Asked(), by=actor(DISTRICT, "handler"))
    with pytest.raises(NotYourArea):
        figures.overview(Asked(area="440305"), by=du)
    with pytest.raises(NotYourArea):
        figures.listed(Asked(area=CITY), Which(), by=du)


def test_a_grid_has_its_own_figures(du):
    grid = Area.get_by_id("440304004028001")
    mine = figures.overview(Asked(area=grid.code, since="2026-08-01"), by=du)["counts"]
    facts = [one for one in facts_where(CaseFact.round > 0) if one.area_path == grid.path]
    assert mine["received"] == sum(one.received for one in facts) > 0


def test_an_area_that_lies_in_another_counts_once(du):
    street, district = (Area.get_by_id(code).path for code in (STREET, DISTRICT))
    grants = (Grant("supervisor", street), Grant("dispatcher", district))
    both = Actor(1, "du", "Du", grants, roles=("supervisor", "dispatcher"))
    assert (
        figures.overview(Asked(), by=both)["counts"] == figures.overview(Asked(), by=du)["counts"]
    )


@pytest.mark.parametrize(
    "asked",
    [
        Asked(klass="spaceship"),
        Asked(klass="bin.flies"),
        Asked(channel="smoke"),
        Asked(period="aeon"),
        Asked(since="2026-02-30"),
        Asked(since="1926-01-01"),
        Asked(since="2026-10-02", until="2026-10-01"),
    ],
)
def test_what_means_nothing_is_refused(du, asked):
    with pytest.raises(Invalid):
        figures.overview(asked, by=du)


def test_unknown_units_areas_measures_and_months_are_refused(du):
    for asked in (Asked(unit="NO-ONE"), Asked(area="99")):
        with pytest.raises(NotFound):
            figures.overview(asked, by=du)
    for which in (
        Which(count="reports"), Which(why="x"), Which(mark="x"), Which(count="owed", lacks="once"),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            figures.listed(Asked(), which, by=du)
    for month in ("2026-13", "2026-1", "soon", "2027-01", "2026-11-1"):
        with pytest.raises(Invalid):
            figures.report(month, Asked(), by=du)


# --- How fresh it is, and a month on paper --------------------------------------------------


def test_a_board_whose_keeper_sleeps_says_so(du, clock: Clock):
    assert not figures.overview(Asked(), by=du)["is_behind"]
    clock.passes(seconds=61)
    assert figures.overview(Asked(), by=du)["is_behind"]
    figures.keep()
    board = figures.overview(Asked(), by=du)
    assert (board["is_behind"], board["as_of"]) == (False, clock())


def test_a_board_without_figures_is_behind_and_whole(opened, clock):
    CaseCursor.delete().execute()
    board = figures.overview(Asked(), by=actor(CITY))
    assert board["is_behind"]
    assert {one["share"] for one in board["figures"]} == {None}


def test_a_month_says_what_has_become_better_and_worse(du):
    report = figures.report("2026-10", Asked(), by=du)
    known = {one["name"]: one for one in report["figures"]}
    assert report["better"]
    assert not set(report["better"]) & set(report["worse"])
    for name in report["better"]:
        now, was = known[name]["share"], known[name]["before"]["share"]
        assert (now > was) == known[name]["is_good"], name
    assert (
        sum(row["counts"]["received"] for row in report["units"]) == (report["counts"]["received"])
    )
    assert (
        sum(row["counts"]["received"] for row in report["levels"]) == (report["counts"]["received"])
    )


def test_the_past_of_the_town_is_what_the_house_would_have_made(du):
    assert figures.check() == []
    assert past.fill_demo() == 0  # Who has cases is given none.
    units = {row.code for row in Unit.select()}
    for case in Case.select():
        assert case.unit in units
        assert (case.due_at is None) == (case.dispatched_at is None)
