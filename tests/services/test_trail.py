"""The trail: kept before the answer, and read by those who answer for what it tells."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
import pytest

from backend import db
from backend.actor import SYSTEM, Actor
from backend.db import writing
from backend.errors import (
    BadIdNumber,
    NotAllowed,
    NotFound,
    NotYourArea,
    StorageFull,
    Unavailable,
)
from backend.models import Area, Building, Duty, Resident, RoleGrant, TrailLine
from backend.services import places, trail, trail_read
from backend.services.trail_read import pages
from tests.services.cast import actor
from tests.town import Clock, House, of_house

pytestmark = pytest.mark.usefixtures("clock")

Lines = Callable[[], list[TrailLine]]


def look(by: Actor, house: House, **more: Any) -> None:
    """What one look at a building leaves behind."""
    building = places.find_building(house.code)
    trail.write(
        by,
        "building.look",
        building_id=building.id,
        area_path=building.area.path,
        place=house.door,
        **more,
    )


def resident_of(house: House, number: int = 0) -> tuple[Resident, dict[str, str]]:
    """Somebody who lives there, and the line of the town's file that says so."""
    row = [row for row in of_house(house) if row["id_number"]][number]
    return Resident.get(Resident.key == row["key"]), row


def verbs_of(page: dict[str, Any]) -> list[str]:
    return [item["verb"] for item in page["items"]]


def accounts_of(page: dict[str, Any]) -> list[str]:
    return [item["account"] for item in page["items"]]


# --- What is kept ------------------------------------------------------------------------------


def test_a_look_is_kept_with_all_that_matters(house: House, trail: Lines) -> None:
    lin = actor("lin")
    look(lin, house, subjects=[5, 6, 7], fields=["resident.name"], facts={"residents": 3})
    line = trail()[-1]
    assert (line.verb, line.outcome, line.account, line.roles) == (
        "building.look",
        "done",
        "lin",
        "collector",
    )
    assert (line.subjects, line.fields, line.facts) == ("5-7", "resident.name", '{"residents":3}')
    assert (line.session_id, line.device_id) == (lin.session_id, lin.device_id)


def test_a_refusal_is_kept_although_its_verb_was_undone(trail: Lines) -> None:
    with pytest.raises(NotAllowed):
        trail_read.read(by=actor("han"))
    line = trail()[-1]
    assert (line.account, line.verb, line.outcome) == ("han", "trail.read", "not-allowed")


def test_a_verb_that_fails_leaves_no_line_behind(trail: Lines, house: House) -> None:
    before = len(trail())
    with pytest.raises(ZeroDivisionError):
        look_and_fall(actor("lin"), house)
    assert len(trail()) == before


def look_and_fall(by: Actor, house: House) -> None:
    with writing():
        look(by, house)
        raise ZeroDivisionError


def test_readers_that_arrive_together_all_find_their_lines(house: House, trail: Lines) -> None:
    before, lin = len(trail()), actor("lin")

    def read() -> None:
        for number in range(10):
            look(lin, house, facts={"number": number})
        db.database.close()

    readers = [threading.Thread(target=read) for _ in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert len(trail()) - before == 80


def test_nobody_gets_an_answer_without_its_line(
    house: House, trail: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fail closed: a full disk refuses the look itself."""

    def fail(lines: object) -> None:
        raise StorageFull()

    monkeypatch.setattr("backend.services.trail._insert", fail)
    with pytest.raises(StorageFull):
        trail_read.read(by=actor("shen"))


def test_an_interrupted_commit_is_no_success(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two wait for one commit; a signal breaks it off; neither may believe that it happened."""
    outcome: list[str] = []
    lin = actor("lin")

    def interrupted(lines: object) -> None:
        raise KeyboardInterrupt

    def second() -> None:
        try:
            look(lin, house)
        except Unavailable as refusal:
            outcome.append(refusal.code)
        finally:
            db.database.close()

    monkeypatch.setattr("backend.services.trail._insert", interrupted)
    waiting = threading.Thread(target=second)
    with trail._together.turn:
        waiting.start()
        while not trail._together.waiting:
            time.sleep(0.001)
        with pytest.raises(KeyboardInterrupt):
            trail._together._commit()
    waiting.join(5)
    assert outcome == ["unavailable"]


# --- One's own -----------------------------------------------------------------------------------


def test_lin_reads_what_she_did_newest_first(house: House, other_house: House) -> None:
    lin = actor("lin")
    look(lin, house)
    look(actor("an"), house)
    look(lin, other_house)
    page = trail_read.own(by=lin)
    assert [item["building"] for item in page["items"]] == [other_house.code, house.code]
    assert page["next"] is None


def test_reading_ones_own_lines_leaves_none(house: House, trail: Lines) -> None:
    look(actor("lin"), house)
    before = len(trail())
    trail_read.own(by=actor("lin"))
    assert len(trail()) == before


def test_pages_follow_each_other_without_gap_or_double(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.services.trail_read.lines.STEP", 2)
    lin = actor("lin")
    for number in range(7):
        look(lin, house, facts={"number": number})
    seen, after = [], None
    while True:
        page = trail_read.own(after, 3, by=lin)
        seen += [item["facts"]["number"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == [6, 5, 4, 3, 2, 1, 0]


def test_a_line_shows_numbers_instead_of_people(house: House) -> None:
    lin = actor("lin")
    look(lin, house, subjects=[5, 6, 7, 9], facts={"tag": "SECRET", "metres": 3.5})
    (item,) = trail_read.own(by=lin)["items"]
    assert item["subjects"] == 4
    assert item["device"] == lin.device_id[:8]
    assert item["area"] == house.area
    assert (item["lat"], item["lon"]) == tuple(round(degrees, 4) for degrees in house.door)
    assert item["facts"] == {"metres": 3.5}
    assert item["roles"] == ["collector"]


# --- What one answers for ------------------------------------------------------------------------


def test_chen_reads_who_looked_at_his_building(house: House, other_house: House) -> None:
    look(actor("lin"), house)
    look(actor("lin"), other_house)
    look(actor("zhao"), house)
    assert accounts_of(trail_read.read(by=actor("chen"))) == ["zhao", "lin"]


def test_chen_is_refused_his_neighbours_building(other_house: House, trail: Lines) -> None:
    with pytest.raises(NotYourArea):
        trail_read.read(building=other_house.code, by=actor("chen"))
    assert trail()[-1].outcome == "not-your-area"


def test_a_duty_that_has_ended_shows_nothing_more(house: House) -> None:
    look(actor("lin"), house)
    Duty.update(until="2026-11-01").where(Duty.role == "building_head").execute()
    assert trail_read.read(by=actor("chen"))["items"] == []


def test_a_duty_in_another_role_shows_nothing(house: House, other_house: House) -> None:
    """Chen heads a building and is a collector in another: there he may not read the trail."""
    chen, other = actor("chen").account_id, places.find_building(other_house.code)
    RoleGrant.create(account=chen, role="collector", since=other.updated_at, granted_by="guan")
    Duty.create(building_id=other.id, account=chen, role="collector", since="2026-01-01")
    look(actor("lin"), house)
    look(actor("lin"), other_house)
    page = trail_read.read(by=actor("chen"))
    assert [item["building"] for item in page["items"]] == [house.code]


def test_du_reads_the_buildings_of_his_street_but_no_sign_ins(
    house: House, far_house: House
) -> None:
    trail.write(actor("lin"), "session.begin")
    look(actor("lin"), house)
    look(actor("liu"), far_house)
    assert verbs_of(trail_read.read(by=actor("du"))) == ["building.look", "building.look"]


def test_shen_reads_sign_ins_and_the_house_itself_as_well(house: House) -> None:
    trail.write(actor("lin"), "session.begin")
    trail.write(SYSTEM, "session.begin", outcome="wrong-password")
    look(actor("lin"), house)
    page = trail_read.read(by=actor("shen"))
    assert accounts_of(page)[:3] == ["lin", "system", "lin"]


def test_a_building_that_moved_belongs_where_it_is_now(house: House) -> None:
    """Jurisdiction is a relation of today: the former street's supervisor sees it no more."""
    look(actor("lin"), house)
    elsewhere = Area.get(Area.code == "440305001")
    Building.update(area=elsewhere).where(Building.code == house.code).execute()
    assert trail_read.read(by=actor("du"))["items"] == []


def test_lin_and_guan_may_not_read_the_trail() -> None:
    for name in ("lin", "guan", "mei", "han"):
        with pytest.raises(NotAllowed):
            trail_read.read(by=actor(name))


def test_to_read_about_others_is_kept(house: House, trail: Lines) -> None:
    trail_read.read(building=house.code, account="lin", by=actor("du"))
    line = trail()[-1]
    assert (line.account, line.verb) == ("du", "trail.read")
    assert orjson.loads(line.facts) == {"building": house.code, "account": "lin", "lines": 0}
    assert line.building_id == Building.get(Building.code == house.code).id


def test_what_was_asked_narrows_the_answer(house: House, other_house: House, clock: Clock) -> None:
    look(actor("lin"), house)
    clock.passes(hours=5)
    noon = clock()
    look(actor("an"), house)
    look(actor("lin"), other_house)
    trail.write(actor("lin"), "visit.end", building_id=Building.get().id)
    clock.passes(hours=5)
    evening = clock()
    look(actor("zhao"), house)
    du = actor("du")
    assert accounts_of(trail_read.read(account="lin", by=du)) == ["lin"] * 3
    assert verbs_of(trail_read.read(verb="visit.end", by=du)) == ["visit.end"]
    assert accounts_of(trail_read.read(building=house.code, by=du))[0] == "zhao"
    assert accounts_of(trail_read.read(verb="building.look", since=evening, by=du)) == ["zhao"]
    assert accounts_of(trail_read.read(until=noon, by=du)) == ["lin"]
    between = trail_read.read(since=noon, until=evening, account="an", by=du)
    assert accounts_of(between) == ["an"]


def test_since_holds_to_the_instant_and_nothing_older_is_gone_through(
    house: House, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_LOOKED_AT", 4)
    for _ in range(3):
        look(actor("an"), house)
    clock.passes(hours=3)
    look(actor("chen"), house)
    clock.passes(minutes=1)
    look(actor("lin"), house)
    page = trail_read.read(since=clock(), by=actor("du"))
    assert (accounts_of(page), page["next"]) == (["lin"], None)


def test_an_unknown_building_is_not_found_and_an_unknown_account_did_nothing() -> None:
    with pytest.raises(NotFound):
        trail_read.read(building="4403040040280100999", by=actor("shen"))
    assert trail_read.read(account="nobody", by=actor("shen"))["items"] == []


def test_a_rare_line_costs_short_pages_and_is_found_in_the_end(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_LOOKED_AT", 3)
    trail.write(actor("lin"), "visit.end", building_id=Building.get().id)
    for _ in range(7):
        look(actor("lin"), house)
    found, after, asked = [], None, 0
    while not found:
        page = trail_read.read(verb="visit.end", after=after, by=actor("du"))
        found, after, asked = page["items"], page["next"], asked + 1
    assert (verbs_of({"items": found}), asked) == (["visit.end"], 3)


def test_a_scope_of_many_buildings_is_read_along_the_trail(
    house: House, far_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.services.trail_read.sight.MOST_NAMED", 2)
    look(actor("lin"), house)
    trail.write(actor("lin"), "session.begin")
    look(actor("liu"), far_house)
    assert accounts_of(trail_read.read(by=actor("du"))) == ["liu", "lin"]


def test_an_until_far_back_starts_there_and_not_at_the_end(
    house: House, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_LOOKED_AT", 3)
    look(actor("an"), house)
    clock.passes(days=2)
    for _ in range(20):
        look(actor("lin"), house)
    page = trail_read.read(until=clock() - timedelta(days=1), by=actor("du"))
    assert accounts_of(page) == ["an"]


# --- One person's accesses ---------------------------------------------------------------------


def test_shen_lists_who_looked_at_a_person(house: House, other_house: House) -> None:
    person, row = resident_of(house)
    look(actor("lin"), house, subjects=range(person.id, person.id + 3))
    look(actor("zhao"), house, subjects=[person.id + 1])
    look(actor("an"), other_house, subjects=[person.id + 40])
    assert accounts_of(trail_read.of_person(row["id_number"], by=actor("shen"))) == ["lin"]


def test_the_look_up_is_itself_on_the_list_of_the_next(house: House) -> None:
    person, row = resident_of(house)
    look(actor("lin"), house, subjects=[person.id])
    trail_read.of_person(row["id_number"], by=actor("shen"))
    page = trail_read.of_person(row["id_number"], by=actor("shen"))
    assert verbs_of(page) == ["trail.of-person", "building.look"]


def test_neither_answer_nor_trail_holds_a_personal_value(house: House, trail: Lines) -> None:
    person, row = resident_of(house)
    look(actor("lin"), house, subjects=[person.id])
    page = trail_read.of_person(row["id_number"], by=actor("shen"))
    kept = [line.__data__ for line in trail()]
    for value in (row["id_number"], row["name"], row["phone"]):
        assert value not in str(page)
        assert value not in str(kept)


def test_an_unknown_person_has_no_lines_and_the_question_is_kept(trail: Lines) -> None:
    page = trail_read.of_person("440399199001010018", by=actor("shen"))
    assert page == {"items": [], "next": None}
    assert (trail()[-1].verb, trail()[-1].subjects) == ("trail.of-person", "")


def test_a_number_that_cannot_be_is_refused() -> None:
    with pytest.raises(BadIdNumber):
        trail_read.of_person("440399199001010000", by=actor("shen"))


def test_a_person_elsewhere_is_out_of_an_auditors_sight(house: House) -> None:
    """The answer is the same as for nobody at all; what was asked is kept with whom it meant."""
    person, row = resident_of(house)
    look(actor("lin"), house, subjects=[person.id])
    RoleGrant.update(area="440305").where(RoleGrant.role == "auditor").execute()
    assert trail_read.of_person(row["id_number"], by=actor("shen"))["items"] == []
    line = TrailLine.select().order_by(TrailLine.id.desc()).get()
    assert (line.subjects, line.building_id) == (str(person.id), None)


def test_only_an_auditor_asks_about_a_person(house: House) -> None:
    person, row = resident_of(house)
    for name in ("du", "chen", "zhao", "guan", "han"):
        with pytest.raises(NotAllowed):
            trail_read.of_person(row["id_number"], by=actor(name))
    with pytest.raises(NotAllowed):
        trail_read.read(resident_key=person.key, by=actor("du"))


def test_a_person_is_found_by_the_key_of_the_record_as_well(house: House) -> None:
    person, row = resident_of(house)
    look(actor("lin"), house, subjects=[person.id])
    look(actor("an"), house, subjects=[person.id + 1])
    page = trail_read.read(resident_key=row["key"], by=actor("shen"))
    assert accounts_of(page) == ["lin"]
