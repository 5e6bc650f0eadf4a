"""Reports as stories: told, told again by somebody else, followed, rated, opened again."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from backend import db
from backend.db import database
from backend.errors import Conflict, Invalid, NotFound, TagUnknown
from backend.house import house as opened_house
from backend.models import Case, CaseStep, Facility, Mention, Report, TrailLine
from backend.services import cases, reports
from tests.services.cast import actor
from tests.services.telling import (
    BIN,
    COVER,
    LAMP,
    building_id,
    case_in,
    closes,
    number_in,
    tag_of,
    told,
)
from tests.town import Clock, House

pytestmark = pytest.mark.usefixtures("clock")


# --- Told, and told again -----------------------------------------------------------------


def test_a_scanned_lamp_is_a_filed_case_of_its_owner(clock: Clock) -> None:
    answer = told(words="整晚不亮", phone="16012345678")
    case = case_in(answer)
    assert (case.state, case.thing, case.reports) == ("filed", LAMP, 1)
    assert (case.unit, case.channel) == ("FT-LD", "scan")
    assert [step.action for step in CaseStep.select()] == ["receive", "file"]
    followed = reports.follow(answer["token"])
    assert (followed["at"], followed["cases"][0]["number"]) == (clock(), number_in(answer))
    assert not followed["cases"][0]["joined"]


def test_the_next_who_tells_of_it_joins() -> None:
    first, second = told(), told()
    assert number_in(first) == number_in(second)
    assert [answer["cases"][0]["joined"] for answer in (first, second)] == [False, True]
    assert (case_in(first).reports, Case.select().count()) == (2, 1)
    assert first["token"] != second["token"]


def test_another_problem_of_the_lamp_is_another_case() -> None:
    assert number_in(told("dark")) != number_in(told("leans"))


def test_the_same_problem_of_another_thing_is_another_case() -> None:
    street = [told("rust", things=[{"facility": number}]) for number in (LAMP, COVER)[:1]]
    assert Case.select().count() == len(street)
    other = Facility.get(Facility.number == LAMP)
    other.id, other.number = None, "SW-L999"
    other.save(force_insert=True)
    assert number_in(told("rust", things=[{"facility": "SW-L999"}])) != number_in(street[0])


def test_one_report_of_several_things() -> None:
    things = [{"tag": tag_of(LAMP)}, {"building": "4403040040280100001"}]
    told("bare_wire", things=things[:1])
    answer = told("bare_wire", things=things)
    assert [case["joined"] for case in answer["cases"]] == [True, False]
    assert Mention.select().where(Mention.joined).count() == 1
    assert len(reports.follow(answer["token"])["cases"]) == 2


def test_a_thing_named_twice_in_one_report_is_told_once() -> None:
    answer = told(things=[{"tag": tag_of(LAMP)}, {"facility": LAMP}])
    assert case_in(answer).reports == 1
    assert [case["number"] for case in answer["cases"]] == [number_in(answer)]
    assert Mention.select().count() == 1


def test_a_problem_that_one_of_the_things_cannot_have_is_refused_whole() -> None:
    with pytest.raises(Invalid):
        told("dark", things=[{"tag": tag_of(LAMP)}, {"tag": tag_of(BIN)}])
    assert Report.select().count() == Case.select().count() == 0


@pytest.mark.parametrize("things", [[], [{}], [{"facility": LAMP}] * 11])
def test_a_report_names_one_to_ten_things(things: list[dict[str, str]]) -> None:
    with pytest.raises(Invalid):
        told(things=things)


# --- Where no tag hangs -------------------------------------------------------------------


def test_a_place_is_never_merged_and_waits_for_the_desk(house: House) -> None:
    lat, lon = house.door
    place = {"place": {"lat": lat, "lon": lon, "crs": "wgs84"}}
    first, second = (told("light", "web", things=[place]) for _ in range(2))
    assert number_in(first) != number_in(second)
    case = case_in(first)
    assert (case.state, case.open_key, case.kind) == ("received", None, "street")
    assert case.area_path.endswith(house.area)
    assert case.address


def test_a_place_may_be_an_address_only() -> None:
    case = case_in(told("light", "web", things=[{"place": {"address": " 福民路 12 号 "}}]))
    assert (case.address, case.lat, case.unit) == ("福民路 12 号", None, None)


def test_a_tag_that_is_none_of_ours_opens_nothing_but_its_place_does(house: House) -> None:
    with pytest.raises(TagUnknown):
        told(things=[{"tag": "7K3M9QX2DHV6"}])
    assert Report.select().count() == 0
    lat, lon = house.door
    assert told("light", things=[{"place": {"lat": lat, "lon": lon, "crs": "wgs84"}}])["token"]


def test_a_facility_that_is_gone_is_not_reported_any_more() -> None:
    Facility.update(state="removed").where(Facility.number == LAMP).execute()
    for thing in ({"tag": tag_of(LAMP)}, {"facility": LAMP}):
        with pytest.raises(Invalid):
            told(things=[thing])


# --- Buildings ----------------------------------------------------------------------------


def test_a_plate_and_a_door_speak_of_the_building(house: House) -> None:
    door = next(tag for tag in house.other_tags)
    first, second = (told("drain", things=[{"tag": tag}]) for tag in (house.tag, door))
    assert number_in(first) == number_in(second)
    assert case_in(first).building_id == building_id(house.code)


def test_every_message_to_the_grid_is_its_own(house: House) -> None:
    first, second = (told("message", "message", things=[{"tag": house.tag}]) for _ in range(2))
    assert number_in(first) != number_in(second)
    assert case_in(first).state == "received"


# --- Who tells ----------------------------------------------------------------------------


def test_a_clerk_s_report_is_on_the_trail() -> None:
    fen = actor("fen")
    answer = reports.file(
        {"things": [{"facility": LAMP}], "problem": "dark"}, channel="hotline", by=fen
    )
    line = TrailLine.select().order_by(TrailLine.id.desc()).first()
    assert (line.verb, line.account) == ("report.file", "fen")
    assert number_in(answer) in line.facts
    assert Report.get().account_id == fen.account_id


def test_what_a_reporter_says_is_sealed() -> None:
    told(words="金丝雀", phone="16099942000", name="金某", email="a@example.org")
    row = Report.get()
    for value in row.__data__.values():
        raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
        for word in ("金丝雀", "16099942000", "金某", "a@example.org"):
            assert word.encode() not in raw
    opened = opened_house().vault.open(f"report:{row.id}".encode(), bytes(row.sealed))
    assert opened[1:] == ["金丝雀", "16099942000", "金某", "a@example.org"]


def test_a_link_is_128_bits_and_only_its_hash_is_found_in_the_table() -> None:
    token = told()["token"]
    assert len(token) == 22
    assert Report.get().token_index == reports.filing.index_of(token)
    with pytest.raises(NotFound):
        reports.follow(token[:-1] + ("A" if token[-1] != "A" else "B"))


# --- Closed, rated, opened again ----------------------------------------------------------


def test_solved_is_rated_once_closed() -> None:
    answer = told()
    number = number_in(answer)
    with pytest.raises(Conflict):
        reports.rate(answer["token"], number, {"solved": True})
    closes(number)
    assert reports.follow(answer["token"])["cases"][0]["may_rate"]
    [after] = reports.rate(answer["token"], number, {"solved": True, "stars": 4})["cases"]
    assert (after["solved"], after["stars"], after["may_rate"]) == (True, 4, False)


def test_what_is_not_solved_is_opened_again_once(clock: Clock) -> None:
    answer = told()
    number = number_in(answer)
    closes(number)
    clock.passes(days=14)
    again = {"solved": False, "again": True}
    [after] = reports.rate(answer["token"], number, again)["cases"]
    assert (after["state"], after["round"], after["may_reopen"]) == ("filed", 2, False)
    assert number_in(told()) == number, "it is the same case that others join again"
    closes(number)
    with pytest.raises(Conflict):
        reports.rate(answer["token"], number, again)


def test_after_fifteen_days_it_is_told_anew(clock: Clock) -> None:
    answer = told()
    closes(number_in(answer))
    clock.passes(days=15, seconds=1)
    with pytest.raises(Conflict):
        reports.rate(answer["token"], number_in(answer), {"solved": False, "again": True})
    assert number_in(told()) != number_in(answer)


def test_told_anew_and_opened_again_do_not_collide() -> None:
    first = told()
    closes(number_in(first))
    second = told()
    reports.rate(first["token"], number_in(first), {"solved": False, "again": True})
    assert number_in(told()) == number_in(second), "the one that others join stays"
    assert case_in(first).open_key is None
    assert case_in(first).state == "filed"


def test_a_building_s_case_opened_again_is_joined_again(house: House) -> None:
    things = [{"building": house.code}]
    first = told("noise", things=things)
    closes(number_in(first))
    reports.rate(first["token"], number_in(first), {"solved": False, "again": True})
    assert number_in(told("noise", things=things)) == number_in(first)


def test_a_message_opened_again_is_joined_by_nobody(house: House) -> None:
    things = [{"building": house.code}]
    first = told("message", "message", things=things)
    closes(number_in(first))
    reports.rate(first["token"], number_in(first), {"solved": False, "again": True})
    assert case_in(first).open_key is None


def test_who_told_of_a_merged_case_follows_and_rates_the_other() -> None:
    mine, theirs = told("flickers"), told("dark")
    case, parent = case_in(mine), case_in(theirs)
    merged = {"state": "merged", "merged_into": parent.id, "open_key": None}
    Case.update(merged).where(Case.id == case.id).execute()
    assert [one["number"] for one in reports.follow(mine["token"])["cases"]] == [number_in(theirs)]
    closes(number_in(theirs))
    form = {"solved": False, "again": True, "stars": 2}
    [after] = reports.rate(mine["token"], number_in(theirs), form)["cases"]
    assert (after["state"], after["stars"]) == ("filed", 2)
    with pytest.raises(NotFound):
        reports.rate(mine["token"], number_in(mine), {"solved": True})
    assert reports.follow(theirs["token"])["cases"][0]["solved"] is None


def test_a_link_rates_the_cases_of_its_own_report_only() -> None:
    mine, theirs = told("dark"), told("leans")
    closes(number_in(theirs))
    with pytest.raises(NotFound):
        reports.rate(mine["token"], number_in(theirs), {"solved": True})


@pytest.mark.parametrize("form", [{}, {"solved": "yes"}, {"solved": True, "stars": 6}])
def test_a_rating_says_solved_and_at_most_five_stars(form: dict[str, object]) -> None:
    answer = told()
    closes(number_in(answer))
    with pytest.raises(Invalid):
        reports.rate(answer["token"], number_in(answer), form)


# --- All at once --------------------------------------------------------------------------


def test_fifty_at_once_are_one_case_with_fifty_reports() -> None:
    tag = tag_of(LAMP)

    def tells(_: int) -> tuple[str, bool, str]:
        try:
            answer = told(things=[{"tag": tag}])
            return number_in(answer), answer["cases"][0]["joined"], answer["token"]
        finally:
            database.close()

    with ThreadPoolExecutor(50) as threads:
        said = list(threads.map(tells, range(50)))
    assert len({number for number, _, _ in said}) == 1
    assert sum(joined for _, joined, _ in said) == 49
    assert len({token for _, _, token in said}) == 50
    case = cases.find(said[0][0])
    assert (case.reports, Case.select().count()) == (50, 1)
    assert Mention.select().where(Mention.case_id == case.id).count() == 50
    assert CaseStep.select().where(CaseStep.action == "receive").count() == 1


@pytest.mark.postgres
def test_fifty_at_once_on_postgresql(worker_id: str) -> None:
    """The same where writers do not queue for one lock."""
    from backend.start import start
    from tests import databases, town

    url = databases.fresh_postgres(town.build, f"reports_{worker_id}")
    start(town.settings(url))
    assert not db.is_sqlite()
    try:
        test_fifty_at_once_are_one_case_with_fifty_reports()
    finally:
        database.close()
        databases.drop_postgres(url)
