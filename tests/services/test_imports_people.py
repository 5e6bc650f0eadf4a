"""People, firms and events: sealed, tied to rooms, known by their keys."""

import pytest

from backend.db import database, is_sqlite
from backend.house import house
from backend.models import Business, Event, Residence, Resident, SmallPlace, keys
from backend.services import migrations
from backend.services.imports.run import _Kept

HOUSE, OTHER = "4403040040280100001", "4403040040280100002"
ROOM, ROOM2, ROOM3 = f"{HOUSE}000001", f"{HOUSE}000002", f"{OTHER}000001"
HEADER = (
    "key,name,sex,id_number,phone,people_class,building,room,kind,since,until,source,verified_at\n"
)
XIULAN, JIANGUO = "440399198303072141", "440399198301187873"


def person(**changes: str) -> str:
    row = {
        "key": "R1",
        "name": "欧阳秀兰",
        "sex": "f",
        "id_number": "",
        "phone": "15412345678",
        "people_class": "0101",
        "building": HOUSE,
        "room": ROOM,
        "kind": "living",
        "since": "2023-03-01",
        "until": "",
        "source": "visit",
        "verified_at": "2026-09-12",
    }
    return ",".join((row | changes).values()) + "\n"


def opened(key: str) -> list[str | None]:
    row = Resident.get(Resident.key == key)
    return house().vault.open(b"resident:%d" % row.id, bytes(row.sealed))


# --- The ordinary day ---------------------------------------------------------------------


def test_a_person_is_sealed_and_tied_to_the_room(bring):
    report = bring("residents", HEADER + person(id_number=JIANGUO, sex="m"))
    assert (report.added, report.errors) == (1, 0)
    row = Resident.get(Resident.key == "R1")
    assert opened("R1") == ["欧阳秀兰", JIANGUO, "15412345678", "1983-01-18"]
    assert bytes(row.id_index) == house().vault.index("id_number", JIANGUO)
    assert bytes(row.phone_index) == house().vault.index("phone", "15412345678")
    assert "欧阳".encode() not in bytes(row.sealed)
    tie = Residence.get(Residence.resident_id == row.id)
    assert (tie.kind, tie.since, tie.until, tie.source) == ("living", "2023-03-01", None, "visit")
    assert keys.building_of(row.id) == keys.building_of(tie.id) == keys.building_of(tie.room_id)


def test_the_same_key_again_is_the_same_person_in_another_room(bring):
    report = bring(
        "residents", HEADER + person() + person(room=ROOM3, building=OTHER, kind="working")
    )
    assert report.added == 2
    assert Resident.select().count() == 1
    assert {tie.kind for tie in Residence.select()} == {"living", "working"}


def test_the_same_people_again_change_nothing(bring):
    text = HEADER + person() + person(room=ROOM2, kind="owning") + person(key="R2", name="何志伟")
    bring("residents", text)
    before = [bytes(row.sealed) for row in Resident.select().order_by(Resident.id)]
    report = bring("residents", text)
    assert (report.added, report.changed, report.unchanged) == (0, 0, 3)
    assert before == [bytes(row.sealed) for row in Resident.select().order_by(Resident.id)]


def test_a_corrected_phone_changes_the_person_once(bring):
    bring("residents", HEADER + person() + person(room=ROOM2, kind="owning"))
    report = bring(
        "residents",
        HEADER
        + person(phone="15499999999")
        + person(phone="15499999999", room=ROOM2, kind="owning"),
    )
    assert (report.added, report.changed, report.unchanged) == (0, 1, 1)
    row = Resident.get(Resident.key == "R1")
    assert (row.version, opened("R1")[2]) == (2, "15499999999")
    assert bytes(row.phone_index) == house().vault.index("phone", "15499999999")


def test_somebody_who_leaves_keeps_the_tie_with_its_end(bring):
    bring("residents", HEADER + person())
    report = bring("residents", HEADER + person(until="2026-10-31"))
    assert (report.added, report.changed) == (0, 1)
    tie = Residence.get()
    assert (tie.until, tie.version) == ("2026-10-31", 2)


def test_newcomers_get_the_next_keys_of_their_building(bring):
    bring("residents", HEADER + person() + person(key="R2"))
    bring("residents", HEADER + person(key="R3") + person(key="R4", building=OTHER, room=ROOM3))
    ids = {row.key: row.id for row in Resident.select()}
    first = keys.first(keys.building_of(ids["R1"]))
    assert [ids[key] - first for key in ("R1", "R2", "R3")] == [1, 2, 3]
    assert keys.building_of(ids["R4"]) == keys.building_of(ids["R1"]) + 1


def test_a_person_of_an_earlier_batch_is_known_in_a_later_one(bring, monkeypatch):
    monkeypatch.setattr("backend.services.imports.kind.BATCH", 1)
    rows = person() + person(key="R2") + person(room=ROOM2, kind="owning")
    assert bring("residents", HEADER + rows).added == 3
    assert (Resident.select().count(), Residence.select().count()) == (2, 3)
    report = bring("residents", HEADER + rows, dry_run=True)
    assert (report.added, report.unchanged) == (0, 3)


def test_the_indexes_are_all_there_after_the_first_load(bring):
    bring("residents", HEADER + person())
    assert migrations.drift() == ""
    bring("residents", HEADER + person(key="R2"))
    assert migrations.drift() == ""


def test_a_file_read_twice_loads_the_same(bring, monkeypatch):
    monkeypatch.setattr(_Kept, "MOST", 0)
    spelt = person(id_number="４４０３９９１９８３０１１８７８７３", sex="m", phone="154 1234 5678")
    assert bring("residents", HEADER + spelt).added == 1
    assert opened("R1") == ["欧阳秀兰", JIANGUO, "15412345678", "1983-01-18"]
    assert bring("residents", HEADER + person(id_number=JIANGUO, sex="m")).unchanged == 1


def test_without_a_sex_the_id_number_tells(bring):
    bring("residents", HEADER + person(id_number=JIANGUO, sex=""))
    assert Resident.get().sex == "m"
    assert bring("residents", HEADER + person(id_number=JIANGUO, sex="")).unchanged == 1


# --- What is broken -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"id_number": "440399198301187874"}, "id_number", "not an ID number"),
        ({"id_number": "440399209901187873"}, "id_number", "not an ID number"),
        ({"id_number": JIANGUO, "sex": "f"}, "sex", "does not fit"),
        ({"phone": "12"}, "phone", "not a phone"),
        ({"people_class": "9999"}, "people_class", "no class of gridtag-people-1"),
        ({"building": "4403040040280100099"}, "building", "unknown"),
        ({"room": f"{HOUSE}000099"}, "room", "unknown"),
        ({"room": ROOM3}, "room", "another building"),
        ({"room": ""}, "room", "required"),
        ({"kind": "visiting"}, "kind", "must be one of"),
        ({"source": "hearsay"}, "source", "must be one of"),
        ({"since": "2023-02-29"}, "since", "not a day"),
        ({"since": "2023/03/01"}, "since", "must be a day"),
        ({"until": "2020-01-01"}, "until", "before since"),
        ({"name": ""}, "name", "required"),
        ({"key": ""}, "key", "required"),
        ({"sex": "x"}, "sex", "must be one of m, f"),
    ],
)
def test_a_row_that_cannot_be(bring, changes, column, words):
    report = bring("residents", HEADER + person() + person(**({"key": "R2"} | changes)))
    assert report.errors == 1
    assert (report.listed[0].row, report.listed[0].column) == (3, column)
    assert words in report.listed[0].message
    assert Resident.select().count() == 0


def test_one_key_cannot_be_two_people(bring):
    report = bring("residents", HEADER + person() + person(name="何志伟", room=ROOM2))
    assert "another person than in row 2" in report.listed[0].message


def test_the_same_tie_cannot_be_given_twice(bring):
    report = bring("residents", HEADER + person() + person())
    assert "repeats row 2" in report.listed[0].message


def test_no_error_repeats_a_personal_value(bring):
    private = ("440399198301187874", "138x5678", "欧阳\x01秀兰")
    row = person(id_number=private[0], phone=private[1], name=private[2])
    report = bring("residents", HEADER + row)
    assert report.errors == 3
    said = str(report.as_dict()) + "\n".join(report.lines())
    assert not any(value in said for value in private)
    assert "18 characters" in said


def test_a_building_has_room_for_a_million_and_no_more(bring):
    bring("residents", HEADER + person())
    row = Resident.get()
    last = keys.last(keys.building_of(row.id))
    Resident.update(id=last).where(Resident.id == row.id).execute()
    report = bring("residents", HEADER + person(key="R2"))
    assert "one too many" in report.listed[0].message


# --- Firms, small places, events ----------------------------------------------------------

FIRM = (
    "key,name,credit_code,business_class,legal_name,legal_phone,building,room,since,until,"
    "source,verified_at\n"
)
FIRM_ROW = (
    "F1,秀兰肠粉店,92440399MATNCJ454W,0201,欧阳秀兰,15412345678,"
    f"{HOUSE},{ROOM},2023-03-01,,visit,\n"
)


def test_a_business_is_known_by_key_and_its_owner_is_sealed(bring):
    assert bring("businesses", FIRM + FIRM_ROW).added == 1
    row = Business.get()
    assert (row.name, row.credit_code) == ("秀兰肠粉店", "92440399MATNCJ454W")
    sealed = house().vault.open(b"business:%d" % row.id, bytes(row.sealed))
    assert sealed == ["欧阳秀兰", "15412345678"]
    assert bring("businesses", FIRM + FIRM_ROW).unchanged == 1
    assert bring("businesses", FIRM + FIRM_ROW.replace("欧阳秀兰", "何志伟")).changed == 1
    again = Business.get()
    assert again.version == 2
    assert house().vault.open(b"business:%d" % again.id, bytes(again.sealed))[0] == "何志伟"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("92440399MATNCJ454W", "92440399MATNCJ454X", "not a credit code"),
        ("0201", "9999", "no class of gridtag-legal-persons-1"),
        (ROOM, ROOM3, "another building"),
        ("2023-03-01,", "2023-03-01,2022-01-01", "before since"),
    ],
)
def test_a_business_that_cannot_be(bring, old, new, words):
    report = bring("businesses", FIRM + FIRM_ROW.replace(old, new))
    assert report.errors == 1
    assert words in report.listed[0].message


def test_a_business_does_not_change_its_building_by_import(bring):
    bring("businesses", FIRM + FIRM_ROW)
    moved = FIRM_ROW.replace(HOUSE, OTHER).replace(f"{OTHER}000002", f"{OTHER}000001")
    report = bring("businesses", FIRM + moved)
    assert "another building" in report.listed[0].message


SMALL = "key,name,kind,building,room,area_m2,business\n"


def test_a_small_place_belongs_to_a_business_of_its_building(bring):
    bring("businesses", FIRM + FIRM_ROW)
    row = f"P1,秀兰肠粉店,shop,{HOUSE},{ROOM},51.9,F1\n"
    assert bring("small-places", SMALL + row).added == 1
    assert SmallPlace.get().business_id == Business.get().id
    assert bring("small-places", SMALL + row).unchanged == 1
    unknown = bring("small-places", SMALL + row.replace("F1", "F9"))
    assert "import businesses first" in unknown.listed[0].message
    elsewhere = bring("small-places", SMALL + f"P2,x,shop,{OTHER},{ROOM3},1,F1\n")
    assert "another building" in elsewhere.listed[0].message


EVENT = "key,building,room,event_class,at,status,text\n"


def test_an_event_keeps_its_words_sealed_over_several_lines(bring):
    row = f'E1,{HOUSE},,0101,2026-10-30T09:15:00+08:00,handled,"楼道停放\n电动车两辆"\n'
    assert bring("events", EVENT + row).added == 1
    event = Event.get()
    assert event.at.isoformat() == "2026-10-30T01:15:00+00:00"
    sealed = house().vault.open(b"event:%d" % event.id, bytes(event.sealed))
    assert sealed == ["楼道停放\n电动车两辆"]
    assert bring("events", EVENT + row).unchanged == 1


@pytest.mark.parametrize(
    "at", ["2026-10-30", "2026-10-30T09:15:00", "yesterday", "9999-01-01T00:00:00Z"]
)
def test_an_event_needs_an_instant_with_its_offset(bring, at):
    report = bring("events", EVENT + f"E1,{HOUSE},,0101,{at},handled,x\n")
    assert report.listed[0].column == "at"


# --- At rest ------------------------------------------------------------------------------


def test_no_personal_value_stands_in_the_database_file(bring, village):
    if not is_sqlite():
        dumped = str(list(Resident.select().tuples()))
        assert "欧阳秀兰" not in dumped
        return
    bring("residents", HEADER + person(id_number=JIANGUO, sex="m"))
    bring("businesses", FIRM + FIRM_ROW)
    database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    from pathlib import Path

    content = Path(village.settings.DATABASE_URL.removeprefix("sqlite:///")).read_bytes()
    for value in ("欧阳秀兰", JIANGUO, "15412345678"):
        assert value.encode() not in content
