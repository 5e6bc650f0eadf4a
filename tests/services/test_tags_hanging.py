"""Tags on their way to the wall and after: claimed, undone, replaced, lost, moved."""

import pytest

from backend.actor import SYSTEM
from backend.db import database
from backend.errors import (
    Conflict,
    DatumMissing,
    FixTooOld,
    FixTooVague,
    Invalid,
    NotAllowed,
    NotFound,
    NotYourArea,
    TagBound,
    TagNotHung,
    TagNotIssued,
    TagOfFacility,
    TagReplaced,
    TagRevoked,
    TooFarFromThing,
    TooLateToUndo,
    TooManyScans,
)
from backend.house import house as opened_house
from backend.models import Facility, Notice, Room, Run, Tag, TagScan, TagTask, TrailLine
from backend.services import places, tags
from backend.services.tags import Subject, minting
from backend.start import start
from mobile_api.walk import metres_north
from qr import codes
from tests import town
from tests.api.matrix.places import blank
from tests.services.cast import actor

pytestmark = pytest.mark.usefixtures("clock")

TEAM = "440304004028"  # Shuiwei; Lin's grid lies in it.


def at(place, **changes):
    """A fix as a phone sends it."""
    lat, lon = place
    return {
        "lat": lat, "lon": lon, "crs": "wgs84", "accuracy_m": 10.0, "age_ms": 500,
        "provider": "fused", "is_mock": False, **changes,
    }  # fmt: skip


def hangs(code, house, who="lin", **form):
    form = (
        {"fix": at(house.door), **form} if form else {"building": house.code, "fix": at(house.door)}
    )
    return tags.claim(code, form, by=actor(who))


def row(code):
    return Tag.get_by_id(code)


def told(kind):
    return Notice.select().where(Notice.kind == kind).count()


# --- A claim ------------------------------------------------------------------------------


def test_lin_hangs_a_blank_and_it_leads_to_the_house(house, clock):
    code = blank(TEAM)
    with pytest.raises(TagNotHung):
        tags.resolve(code)
    assert tags.face(code, by=actor("lin"))["next"] == ["report", "claim"]
    answer = hangs(code, house)
    assert (answer["state"], answer["subject"]["code"]) == ("bound", house.code)
    found = row(code)
    assert (found.bound_by, found.bound_at, found.accepted_at) == (
        actor("lin").account_id,
        clock(),
        clock(),
    )
    assert (found.lat, found.lon) == house.door
    assert tags.resolve(code).building_id == places.find_building(house.code).id
    line = TrailLine.select().order_by(TrailLine.id.desc()).first()
    assert (line.verb, line.account, line.building_id) == ("tag.claim", "lin", found.building_id)


def test_a_second_claim_is_a_conflict_and_changes_nothing(house, other_house):
    code = blank(TEAM)
    hangs(code, house)
    with pytest.raises(TagBound):
        hangs(code, other_house, "an")
    assert row(code).building_id == places.find_building(house.code).id


def test_the_code_may_be_typed_as_people_type(house):
    code = blank(TEAM)
    typed = f" {code[:4]}-{code[4:8]}-{code[8:]} ".lower().replace("1", "i").replace("0", "o")
    assert hangs(typed, house)["tag"] == code


@pytest.mark.parametrize("state", ["minted", "printed"])
def test_a_tag_that_was_not_handed_out_cannot_be_hung(house, state):
    code = blank(TEAM)
    Tag.update(state=state).where(Tag.code == code).execute()
    with pytest.raises(TagNotIssued):
        hangs(code, house)


def test_another_team_s_blank_is_not_mine(house):
    code = blank("440305001")
    assert "claim" not in tags.face(code, by=actor("lin"))["next"]
    with pytest.raises(TagNotIssued):
        hangs(code, house)


def test_nor_a_house_outside_my_area(far_house):
    code = blank(TEAM)
    with pytest.raises(NotYourArea):
        hangs(code, far_house)
    assert row(code).state == "issued"


def test_who_does_not_hang_tags_may_not(house):
    for name in ("zhao", "han", "chen", "shen"):
        with pytest.raises(NotAllowed):
            hangs(blank(TEAM), house, name)


def test_a_tag_is_hung_where_one_stands(house):
    code = blank(TEAM)
    bad = {
        TooFarFromThing: at(metres_north(house.door, 400)),
        FixTooOld: at(house.door, age_ms=600_000),
        FixTooVague: at(house.door, accuracy_m=500.0),
        DatumMissing: at(house.door, crs=None),
    }
    for refusal, fix in bad.items():
        with pytest.raises(refusal):
            hangs(code, house, building=house.code, fix=fix)
    assert row(code).state == "issued"


def test_a_made_up_position_accepts_nothing(house):
    code = blank(TEAM)
    hangs(code, house, building=house.code, fix=at(house.door, is_mock=True))
    assert (row(code).state, row(code).accepted_at) == ("bound", None)


@pytest.mark.parametrize(
    ("kind", "what"), [("building", "room"), ("room", "building"), ("streetlight", "building")]
)
def test_a_plate_hangs_at_no_door_and_a_lamp_s_tag_at_no_house(house, kind, what):
    room = Room.get(Room.code.startswith(house.code)).code
    named = {"building": house.code, "room": room}[what]
    with pytest.raises(Invalid):
        hangs(blank(TEAM, kind), house, **{what: named})


def test_what_is_not_there_cannot_be_named(house):
    code = blank(TEAM)
    for form in ({"building": "9" * 19}, {"room": "9" * 25}, {"facility": "NONE"}):
        with pytest.raises(NotFound):
            hangs(code, house, **form)
    with pytest.raises(NotFound):
        hangs("nonsense", house)
    with pytest.raises(Invalid):
        hangs(code, house, building=None)


def test_a_room_s_door_gets_its_tag(house):
    room = Room.get(Room.code.startswith(house.code))
    code = blank(TEAM, "room")
    assert hangs(code, house, room=room.code)["subject"]["room"] == room.number
    assert tags.resolve(code).room_id == room.id


# --- Facilities ---------------------------------------------------------------------------


def test_a_lamp_nobody_had_recorded_is_found_where_lin_stands(house):
    code = blank(TEAM, "streetlight")
    answer = hangs(code, house, new_facility={"name": "路灯一"})
    lamp = Facility.get(Facility.number == answer["subject"]["code"])
    assert (lamp.kind, lamp.name) == ("streetlight", "路灯一")
    assert (round(lamp.lat, 6), round(lamp.lon, 6)) == tuple(round(x, 6) for x in house.door)
    assert answer["subject"]["type"] == "facility"
    with pytest.raises(TagOfFacility):
        tags.resolve(code)
    assert hangs(blank(TEAM, "streetlight"), house, facility=lamp.number)["state"] == "bound"
    with pytest.raises(Invalid):
        hangs(blank(TEAM, "bin"), house, facility=lamp.number)
    Facility.update(state="removed").execute()
    with pytest.raises(Conflict):
        hangs(blank(TEAM, "streetlight"), house, facility=lamp.number)


def test_no_facility_is_made_outside_one_s_area(house, far_house):
    before = Facility.select().count()
    with pytest.raises(NotYourArea):
        hangs(blank(TEAM, "bin"), far_house, new_facility={})
    with pytest.raises(Invalid):
        hangs(blank(TEAM, "building"), house, new_facility={})
    assert Facility.select().count() == before


# --- Taking it back -----------------------------------------------------------------------


def test_within_ten_minutes_the_tag_is_a_blank_again(house, other_house, clock):
    code = blank(TEAM)
    hangs(code, other_house)
    clock.passes(minutes=10)
    answer = tags.undo(code, by=actor("lin"))
    assert (answer["state"], answer["subject"]) == ("issued", None)
    found = row(code)
    assert (found.building_id, found.bound_by, found.bound_at, found.lat) == (None,) * 4
    assert hangs(code, house)["subject"]["code"] == house.code


def test_after_ten_minutes_it_stays(house, clock):
    code = blank(TEAM)
    hangs(code, house)
    clock.passes(minutes=10, seconds=1)
    with pytest.raises(TooLateToUndo):
        tags.undo(code, by=actor("lin"))
    assert row(code).state == "bound"


def test_only_one_s_own_claim_is_taken_back(house):
    code = blank(TEAM)
    hangs(code, house)
    with pytest.raises(NotYourArea):
        tags.undo(code, by=actor("an"))
    with pytest.raises(Conflict):
        tags.undo(house.tag, by=actor("lin"))
    with pytest.raises(Conflict):
        tags.undo(blank(TEAM), by=actor("lin"))


# --- Lost, damaged, replaced --------------------------------------------------------------


def test_a_damaged_plate_is_to_be_replaced_within_nine_working_days(house):
    task = tags.report_loss(house.tag, "damaged", by=actor("lin"))
    assert (task["due"], task["is_overdue"], task["tag"]) == ("2026-11-13", False, house.tag)
    assert tags.resolve(house.tag), "it can still be scanned"
    assert told("tag-task") == 1
    again = tags.report_loss(house.tag, "damaged", by=actor("an"))
    assert (again["id"], told("tag-task")) == (task["id"], 1)


def test_a_lost_plate_opens_nothing_and_who_finds_it_is_told(house):
    tags.report_loss(house.tag, "lost", by=actor("lin"))
    with pytest.raises(TagRevoked):
        tags.resolve(house.tag)
    face = tags.face(house.tag)
    assert (face["notice"], face["subject"], face["next"]) == ("lost", None, ["report"])


def test_a_new_plate_ends_the_task_and_the_old_one_says_so(house, clock):
    tags.report_loss(house.tag, "damaged", by=actor("lin"))
    code = blank(TEAM)
    hangs(code, house)
    assert (row(house.tag).state, row(house.tag).replaced_by) == ("replaced", code)
    face = tags.face(house.tag)
    assert (face["notice"], face["subject"]["code"]) == ("replaced", house.code)
    assert code not in str(face), "the new code proves presence: the old one must not tell it"
    with pytest.raises(TagReplaced):
        tags.resolve(house.tag)
    assert tags.tasks(None, 10, by=actor("lin"))["items"] == []
    [done] = tags.tasks(None, 10, done=True, by=actor("lin"))["items"]
    assert done["done_at"] == clock()


def test_the_plate_that_was_missed_first_is_replaced_first(house, clock):
    second = blank(TEAM)
    hangs(second, house)
    for code in (second, house.tag):
        clock.passes(minutes=1)
        tags.report_loss(code, "damaged", by=actor("lin"))
    hangs(blank(TEAM), house)
    assert (row(second).state, row(house.tag).state) == ("replaced", "bound")
    hangs(blank(TEAM), house)
    assert row(house.tag).state == "replaced"


def test_a_claim_taken_back_brings_task_and_old_plate_back(house):
    tags.report_loss(house.tag, "damaged", by=actor("lin"))
    code = blank(TEAM)
    hangs(code, house)
    tags.undo(code, by=actor("lin"))
    assert (row(house.tag).state, row(house.tag).replaced_by) == ("bound", None)
    assert row(house.tag).ended_at is None
    assert len(tags.tasks(None, 10, by=actor("lin"))["items"]) == 1


def test_a_lost_one_stays_lost_when_another_hangs(house):
    tags.report_loss(house.tag, "lost", by=actor("lin"))
    code = blank(TEAM)
    form = {"code": code, "fix": at(house.door)}
    tags.replace(house.tag, form, by=actor("lin"))
    assert (row(house.tag).state, row(house.tag).replaced_by) == ("lost", code)
    assert tags.resolve(code)
    with pytest.raises(Conflict):
        tags.replace(house.tag, {"code": blank(TEAM), "fix": at(house.door)}, by=actor("lin"))


def test_a_plate_made_for_the_house_replaces_the_old_one(house, other_house):
    run = Run.get(Run.id == row(blank(TEAM)).run_id)
    subjects = [Subject(places.find_building(one.code).id) for one in (house, other_house)]
    mine, theirs = tags.mint_for(run.id, "building", subjects, first_piece=2)
    form = {"code": mine, "fix": at(house.door)}
    with pytest.raises(TagBound):  # Not handed out yet.
        tags.replace(house.tag, form, by=actor("lin"))
    tags.move_run(run.id, "printed")
    tags.move_run(run.id, "issued")
    with pytest.raises(TagBound):
        tags.replace(house.tag, {**form, "code": theirs}, by=actor("lin"))
    assert tags.replace(house.tag, form, by=actor("lin"))["tag"] == mine
    assert row(house.tag).state == "replaced"


def test_what_replaces_is_of_the_same_kind_and_another(house):
    for code in (house.tag, blank(TEAM, "extinguisher")):
        with pytest.raises(Invalid):
            tags.replace(house.tag, {"code": code, "fix": at(house.door)}, by=actor("lin"))


def test_a_bare_wall_needs_no_code(house):
    form = {"building": house.code, "kind": "building", "reason": "lost"}
    task = tags.report_missing(form, by=actor("lin"))
    assert (task["tag"], task["subject"]["code"], row(house.tag).state) == (
        None,
        house.code,
        "lost",
    )
    with pytest.raises(NotFound):
        tags.report_missing(form, by=actor("lin"))


def test_among_several_only_the_code_tells_which(house, far_house):
    blank_tag = blank(TEAM)
    hangs(blank_tag, house)
    form = {"building": house.code, "kind": "building", "reason": "lost"}
    with pytest.raises(Conflict):
        tags.report_missing(form, by=actor("lin"))
    with pytest.raises(NotYourArea):
        tags.report_missing({**form, "building": far_house.code}, by=actor("lin"))
    assert row(house.tag).state == "bound"


def test_mei_lists_the_tags_of_a_lamp(house):
    code = blank(TEAM, "streetlight")
    number = hangs(code, house, new_facility={})["subject"]["code"]
    [found] = tags.tags_of_facility(number, by=actor("mei"))
    assert (found["tag"], found["state"]) == (code, "bound")
    with pytest.raises(NotAllowed):
        tags.tags_of_facility(number, by=actor("lin"))


def test_the_most_urgent_task_comes_first_page_by_page(house, clock):
    reported = [house.tag, *house.other_tags]
    for code in reported:
        tags.report_loss(code, "damaged", by=actor("lin"))
        clock.passes(days=1)
    clock.passes(days=10)
    pages, cursor = [], None
    while True:
        page = tags.tasks(cursor, 2, by=actor("lin"))
        pages += page["items"]
        if (cursor := page["next"]) is None:
            break
    assert len(pages) == len(reported) > 2
    assert [one["due"] for one in pages] == sorted(one["due"] for one in pages)
    assert pages[0]["is_overdue"]
    assert {one["tag"] for one in pages} == {None}, "Lin proves by scanning: she is told no code"
    assert {one["tag"] for one in tags.tasks(None, 99, by=actor("mei"))["items"]} == set(reported)
    for cursor in ("x", "1.", "1.-1", f"1.{'9' * 30}"):
        with pytest.raises(Invalid):
            tags.tasks(cursor, 2, by=actor("lin"))


def test_tasks_of_another_area_are_not_mine(far_house):
    tags.report_loss(far_house.tag, "damaged", by=actor("mei"))
    assert tags.tasks(None, 9, by=actor("lin"))["items"] == []
    with pytest.raises(NotYourArea):
        tags.report_loss(far_house.tag, "damaged", by=actor("lin"))


def test_what_does_not_hang_is_not_lost(house):
    with pytest.raises(Conflict):
        tags.report_loss(blank(TEAM), "lost", by=actor("lin"))
    with pytest.raises(Invalid):
        tags.report_loss(house.tag, "stolen", by=actor("lin"))
    assert TagTask.select().count() == 0


# --- Taken out of use ---------------------------------------------------------------------


def test_a_blank_and_a_lamp_s_tag_are_withdrawn_by_who_looks_after_them(house):
    lamp = blank(TEAM, "streetlight")
    hangs(lamp, house, new_facility={})
    for code in (blank(TEAM), lamp):
        assert tags.revoke(code.lower(), "torn", by=actor("mei"))["state"] == "revoked"
        assert tags.face(code)["notice"] == "revoked"
        with pytest.raises(TagRevoked):
            hangs(code, house)
    with pytest.raises(NotYourArea):
        tags.revoke(blank("440305001"), "torn", by=actor("mei"))


def test_a_code_without_a_run_belongs_to_the_house_alone(house):
    [code] = tags.mint("bin", 1, by=SYSTEM)
    with pytest.raises(NotYourArea):
        tags.revoke(code, "torn", by=actor("mei"))
    assert tags.revoke(code, "torn", by=SYSTEM)["state"] == "revoked"
    [code] = tags.mint("building", 1, issue=True, by=SYSTEM)
    assert hangs(code, house)["state"] == "bound", "any team may hang it"


def test_a_tag_of_the_former_key_still_opens_and_one_of_no_key_does_not(house, url):
    new, demo = f"2:{'55' * 32}", town.KEYS["TAG_KEYS"]
    start(town.settings(url, TAG_KEYS=f"{new},{demo}"))
    assert tags.resolve(house.tag)
    start(town.settings(url, TAG_KEYS=new))
    assert tags.face(house.tag)["notice"] == "forged"
    database.close()


# --- Scans --------------------------------------------------------------------------------


def test_the_first_scan_on_the_wall_accepts_a_tag(house, clock):
    lin = actor("lin")
    tags.scan(house.tag, at(metres_north(house.door, 500)), by=lin, source="x")
    tags.scan(house.tag, at(house.door, is_mock=True), by=lin, source="x")
    tags.scan(house.tag, at(house.door), by=None, source="x")
    assert row(house.tag).accepted_at is None
    first = clock()
    tags.scan(house.tag, at(house.door), by=lin, source="x")
    clock.passes(days=1)
    tags.scan(house.tag, at(house.door), by=actor("an"), source="x")
    assert row(house.tag).accepted_at == first


def test_two_workers_far_off_at_one_place_make_a_tag_suspect(house, clock):
    elsewhere = metres_north(house.door, 400)
    tags.scan(house.tag, at(elsewhere), by=actor("lin"), source="x")
    tags.scan(house.tag, at(elsewhere), by=actor("lin"), source="x")
    assert row(house.tag).suspected_at is None, "one worker may have a bad phone"
    tags.scan(house.tag, at(metres_north(house.door, 90)), by=actor("an"), source="x")
    tags.scan(house.tag, at(metres_north(house.door, 900)), by=actor("an"), source="x")
    assert row(house.tag).suspected_at is None, "near, or elsewhere again"
    tags.scan(house.tag, at(metres_north(elsewhere, 30)), by=actor("an"), source="x")
    assert row(house.tag).suspected_at == clock()
    assert told("tag-moved") == 2
    tags.scan(house.tag, at(elsewhere), by=actor("zhao"), source="x")
    assert told("tag-moved") == 2, "once is enough"


def test_a_scan_at_its_thing_agrees_with_none_far_off(house):
    tags.scan(house.tag, at(metres_north(house.door, 85)), by=actor("an"), source="x")
    tags.scan(house.tag, at(metres_north(house.door, 125)), by=actor("lin"), source="x")
    assert row(house.tag).suspected_at is None


def test_a_lamp_s_tag_that_hangs_elsewhere_is_suspect_too(house):
    code = blank(TEAM, "streetlight")
    hangs(code, house, new_facility={})
    elsewhere = metres_north(house.door, 150)
    for name in ("lin", "an"):
        tags.scan(code, at(elsewhere), by=actor(name), source="x")
    assert row(code).suspected_at is not None


def test_what_strangers_scan_is_not_kept(house):
    lines = TrailLine.select().count()
    for by in (None, actor("han")):
        face = tags.scan(house.tag, at(house.door), by=by, source="x")
        assert face["next"] == ["report"]
    assert (TagScan.select().count(), TrailLine.select().count()) == (0, lines)


def test_what_a_worker_may_do_next_is_told(house, far_house):
    assert tags.face(house.tag, by=actor("lin"))["next"] == [
        "report", "open-visit", "report-loss", "replace",
    ]  # fmt: skip
    assert tags.face(house.tag, by=actor("zhao"))["next"] == ["report", "open-visit", "report-loss"]
    assert tags.face(far_house.tag, by=actor("lin"))["next"] == ["report"]


@pytest.mark.parametrize(
    ("text", "notice"),
    [
        ("", "mistyped"),
        ("7K3M", "mistyped"),
        ("7K3M9QX2DHV6", "mistyped"),
        ("x" * 5_000, "mistyped"),
        ("https://evil.example/", "mistyped"),
        ("码", "mistyped"),
    ],
)
def test_junk_has_a_face_as_well(text, notice):
    assert tags.face(text)["notice"] == notice
    assert tags.scan(text, None, by=None, source="x")["notice"] == notice


def test_a_forged_a_foreign_and_an_unknown_code_are_told_apart(house, url):
    forged = codes.mint(codes.Keys(b"f" * 32), lambda n: b"12345")
    unknown = codes.mint(opened_house().tag_keys, lambda n: b"12345")
    assert tags.face(forged)["notice"] == "forged"
    assert (tags.face(unknown)["notice"], tags.face(unknown)["code"]) == ("unknown", unknown)
    assert tags.face(f"https://evil.example/{house.tag}")["notice"] is None, "no hosts are set"
    start(town.settings(url, TAG_HOSTS="q.example.cn"))
    assert tags.face(f"https://evil.example/{house.tag}")["notice"] == "foreign"
    assert tags.face(f"https://q.example.cn/{house.tag}")["notice"] is None
    database.close()


# --- Reports ------------------------------------------------------------------------------


def report(code, fix=None, source="10.0.0.1", reason="pasted-over"):
    form = {"code": code, "reason": reason, "fix": fix}
    return tags.report(form, by=None, source=source)


def test_a_citizen_s_report_reaches_the_manager_of_the_place(house):
    report(house.tag)
    [notice] = Notice.select().where(Notice.kind == "tag-report")
    assert notice.role == "building_manager"
    assert notice.area_path == places.find_building(house.code).area.path
    assert house.code in notice.facts


def test_an_unknown_code_is_told_where_it_was_seen(house):
    report("<script>alert(1)</script>", at(house.door))
    [notice] = Notice.select().where(Notice.kind == "tag-report")
    assert house.code in notice.facts
    assert "script" not in notice.facts, "what a stranger typed is repeated to nobody"


def test_reports_do_not_flood(house):
    for _ in range(5):
        report(house.tag)
    with pytest.raises(TooManyScans):
        report(house.tag)
    report(house.tag, source="10.0.0.2")
    assert told("tag-report") == 3, "about one tag, three are enough"


# --- The mint -----------------------------------------------------------------------------


def test_a_run_s_tags_go_one_step_at_a_time(house):
    run = row(blank(TEAM)).run_id
    subject = Subject(places.find_building(house.code).id)
    made = tags.mint_for(run, "building", [subject, None, None], first_piece=2)
    assert len(set(made)) == 3
    assert tags.move_run(run, "issued") == 0, "nothing is printed yet"
    assert tags.move_run(run, "printed", [2, 3]) == 2
    assert tags.spoil(run, [3]) == [made[1]]
    assert tags.move_run(run, "printed") == 1
    assert tags.move_run(run, "issued") == 2
    assert [row(code).state for code in made] == ["bound", "revoked", "issued"]
    assert (row(made[1]).end_reason, row(made[0]).bound_by) == ("spoiled", None)


def test_what_hangs_is_not_spoiled(house):
    code = blank(TEAM)
    run = row(code).run_id
    hangs(code, house)
    for pieces in ([1], [99]):
        with pytest.raises(Conflict) as refusal:
            tags.spoil(run, pieces)
        assert refusal.value.facts["pieces"] == pieces


def test_a_code_that_was_ever_made_is_not_made_again(monkeypatch):
    bytes_given = iter([b"aaaaa", b"aaaaa", b"bbbbb", b"ccccc"])
    monkeypatch.setattr(minting.secrets, "token_bytes", lambda n: next(bytes_given))
    first = tags.mint_for(None, "bin", [None])
    again = tags.mint_for(None, "bin", [None, None])
    assert not set(first) & set(again)
    assert len(set(again)) == 2


def test_the_stock_is_counted_and_listed(house):
    tags.mint("ebike", 3, by=SYSTEM)
    tags.mint("ebike", 1, issue=True, by=SYSTEM)
    counted, listed = tags.stock(kind="ebike", limit=2)
    assert [(one["state"], one["count"]) for one in counted] == [("issued", 1), ("minted", 3)]
    assert len(listed) == 2
    counted, _ = tags.stock(state="bound", limit=0)
    assert {one["kind"] for one in counted} >= {"building", "extinguisher", "meter"}
    with pytest.raises(Invalid):
        tags.mint("poster", 1, by=SYSTEM)
