"""Areas, classes, rooms, addresses, tags, accounts and duties."""

import tomllib

import pytest

from backend import clock
from backend.db import to_ms
from backend.models import (
    Account,
    Address,
    AddressKey,
    Area,
    ClassCode,
    Duty,
    RoleGrant,
    Room,
    Tag,
)
from backend.services.accounts import sessions
from backend.services.imports import Options
from qr import codes
from tests import town

HOUSE, OTHER = "4403040040280100001", "4403040040280100002"
AREAS = "code,name,level,parent,is_virtual\n"
SHUIWEI = "440304004028"


# --- Areas --------------------------------------------------------------------------------


def test_a_grid_stands_below_its_community(bring):
    report = bring("areas", AREAS + f"{SHUIWEI}001,水围01,grid,{SHUIWEI},0\n")
    assert report.added == 1
    again = bring("areas", AREAS + f"{SHUIWEI}001,水围一格,grid,{SHUIWEI},0\n")
    area = Area.get(Area.code == f"{SHUIWEI}001")
    assert (again.changed, area.name, area.version) == (1, "水围一格", 2)
    assert area.path == f"4403/440304/440304004/{SHUIWEI}/{SHUIWEI}001"


def test_all_of_shenzhen_is_in_the_tree(village):
    assert Area.select().where(Area.level == "community").count() == 788
    assert Area.select().where(Area.level == "street").count() == 79


def test_a_community_that_moves_takes_its_grids_along(bring):
    bring("areas", AREAS + f"{SHUIWEI}001,水围01,grid,{SHUIWEI},0\n")
    stamp = Account.create(name="lin", full_name="x", password_hash="", created_at=0).stamp
    report = bring("areas", AREAS + f"{SHUIWEI},水围社区,community,440304001,0\n")
    assert report.changed == 1
    grid = Area.get(Area.code == f"{SHUIWEI}001")
    assert grid.path == f"4403/440304/440304001/{SHUIWEI}/{SHUIWEI}001"
    assert Account.get(Account.name == "lin").stamp == stamp + 1
    assert bring("areas", AREAS + f"{SHUIWEI},水围社区,community,440304001,0\n").unchanged == 1


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("44030400402,x,community,440304004,0", "an area code"),
        (f"{SHUIWEI}001,x,community,{SHUIWEI},0", "codes of 12 digits"),
        (f"{SHUIWEI}001,x,grid,,0", "required for a grid"),
        (f"{SHUIWEI}001,x,grid,440304999999,0", "unknown"),
        (f"{SHUIWEI}001,x,grid,{SHUIWEI},yes", "1 or 0"),
        ("440304999,x,street,440304004,0", "not above a street"),
        (f"４４０３04004028001,x,grid,{SHUIWEI},0", "an area code"),
        (f"{SHUIWEI}001,x,village,{SHUIWEI},0", "must be one of"),
    ],
)
def test_an_area_that_cannot_be(bring, row, words):
    report = bring("areas", AREAS + row + "\n")
    assert report.errors >= 1
    assert words in " ".join(found.message for found in report.listed)


def test_a_code_given_twice_is_said_with_both_rows(bring):
    row = f"{SHUIWEI}001,x,grid,{SHUIWEI},0\n"
    assert "row 2 already" in bring("areas", AREAS + row + row).listed[0].message


# --- Classes ------------------------------------------------------------------------------

CLASSES = "scheme,code,parent,name\nlocal-1,01,,户籍\nlocal-1,0101,01,常住\n"


def test_a_dictionary_is_loaded_for_a_subject(bring):
    assert bring("classes", CLASSES, subject="people").added == 2
    assert bring("classes", CLASSES, subject="people").unchanged == 2
    assert bring("classes", CLASSES.replace("常住", "常住人口"), subject="people").changed == 1
    row = ClassCode.get((ClassCode.scheme == "local-1") & (ClassCode.code == "0101"))
    assert (row.parent, row.name, row.subject) == ("01", "常住人口", "people")


def test_the_seed_counts_what_its_manifest_says(village):
    counts = {
        subject: (
            ClassCode.select()
            .where((ClassCode.subject == subject) & ClassCode.parent.is_null())
            .count(),
            ClassCode.select()
            .where((ClassCode.subject == subject) & ClassCode.parent.is_null(False))
            .count(),
        )
        for subject in ("people", "legal_person", "house")
    }
    assert counts == {"people": (76, 120), "legal_person": (85, 147), "house": (10, 42)}


def test_a_dictionary_that_was_half_edited_is_refused(bring, tmp_path):
    folder = town.FIXTURES / "classes"
    manifest = (folder / "manifest.toml").read_text(encoding="utf-8")
    (tmp_path / "manifest.toml").write_text(manifest, encoding="utf-8")
    for entry in tomllib.loads(manifest).values():
        (tmp_path / entry["file"]).write_bytes((folder / entry["file"]).read_bytes())
    assert bring("classes", tmp_path / "manifest.toml").errors == 0
    houses = tmp_path / "houses.csv"
    houses.write_text(houses.read_text(encoding="utf-8").rstrip().rpartition("\n")[0] + "\n")
    report = bring("classes", tmp_path / "manifest.toml")
    assert "10 major and 41 minor" in report.listed[0].message


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        (CLASSES, {}, "needs --subject"),
        (CLASSES, {"subject": "dogs"}, "needs --subject"),
        (CLASSES, {"subject": "people", "scheme": "local-2"}, "is not local-2"),
        (CLASSES.replace("0101,01", "0101,02"), {"subject": "people"}, "parents stand above"),
        (CLASSES + "local-1,01,,again\n", {"subject": "people"}, "row 2 already"),
        (CLASSES.replace("local", "gridtag-houses"), {"subject": "people"}, "dictionary of house"),
    ],
)
def test_a_dictionary_that_cannot_be(bring, text, options, words):
    report = bring("classes", text, **options)
    assert words in " ".join(found.message for found in report.listed)


def test_with_two_dictionaries_one_must_say_which(bring):
    bring("classes", CLASSES.replace("local-1", "local-houses-1"), subject="house")
    rooms = f"building,code,number,floor,house_class,area_m2\n{HOUSE},{HOUSE}000009,9,,0101,\n"
    assert "say --scheme" in bring("rooms", rooms).listed[0].message
    assert bring("rooms", rooms, scheme="local-houses-1").added == 1
    assert "import classes first" in bring("rooms", rooms, scheme="nothing").listed[0].message


# --- Rooms and addresses ------------------------------------------------------------------

ROOMS = "building,code,number,floor,house_class,area_m2\n"
ADDRESSES = "code,kind,text\n"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (f"{HOUSE},{OTHER}000009,9,1,,1", "does not begin with its building's"),
        ("4403040040280100099,4403040040280100099000001,9,1,,1", "import buildings first"),
        (f"{HOUSE},{HOUSE}000009,9,1,9999,1", "no class of gridtag-houses-1"),
        (f"{HOUSE},{HOUSE}000009,9,201,,1", "between -9 and 200"),
    ],
)
def test_a_room_that_cannot_be(bring, row, words):
    assert words in bring("rooms", ROOMS + row + "\n").listed[0].message


def test_a_room_code_given_twice(bring):
    row = f"{HOUSE},{HOUSE}000009,9,1,,1\n"
    assert "row 2 already" in bring("rooms", ROOMS + row + row).listed[0].message


def test_further_names_of_a_building_and_a_room(bring):
    text = ADDRESSES + f"{HOUSE},police_door,水围一街1号\n{HOUSE}000002,utility_account,粤电0304\n"
    assert bring("addresses", text).added == 2
    assert bring("addresses", text).unchanged == 2
    bill = Address.get(Address.kind == "utility_account")
    assert bill.room_id == Room.get(Room.code == f"{HOUSE}000002").id
    assert AddressKey.select().where(AddressKey.address_id == bill.id).exists()


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (f"{HOUSE},standard,x", "must be one of"),
        ("4403040040280100099,nickname,x", "no known building"),
        (f"{HOUSE}000099,nickname,x", "no known building or room"),
        ("123,nickname,x", "19 or a house code of 25"),
        (f"{HOUSE},nickname,", "required"),
    ],
)
def test_an_address_that_cannot_be(bring, row, words):
    assert words in bring("addresses", ADDRESSES + row + "\n").listed[0].message


def test_an_address_given_twice(bring):
    row = f"{HOUSE},nickname,红楼\n"
    assert "row 2 already" in bring("addresses", ADDRESSES + row + row).listed[0].message


# --- Tags ---------------------------------------------------------------------------------

TAGS = "tag,building,room,kind\n"
PLATE, DOOR = (row["tag"] for row in town.rows("tags.csv")[:2])
FORGED = codes.mint(codes.Keys(b"of somebody else, thirty-two bytes"), bytes)


def test_tags_hang_at_buildings_and_doors(bring):
    text = TAGS + f"{PLATE},{HOUSE},,building\n{DOOR},{HOUSE},{HOUSE}000002,room\n"
    assert bring("tags", text).added == 2
    assert bring("tags", text).unchanged == 2
    door = Tag.get(Tag.code == DOOR)
    assert door.room_id == Room.get(Room.code == f"{HOUSE}000002").id


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (f"{PLATE},{OTHER},,building", "another place already"),
        (f"SW B1,{HOUSE},,building", "12 characters, or has a typing error"),
        (f"{PLATE[:-1]}{'0' if PLATE[-1] != '0' else '1'},{HOUSE},,building", "typing error"),
        (f"{FORGED},{HOUSE},,building", "was not made with one of the keys"),
        (f"{DOOR},{HOUSE},{OTHER}000001,room", "another building"),
        (f"{DOOR},{HOUSE},,poster", "must be one of"),
    ],
)
def test_a_tag_that_cannot_be(bring, row, words):
    bring("tags", TAGS + f"{PLATE},{HOUSE},,building\n")
    assert words in bring("tags", TAGS + row + "\n").listed[0].message
    assert Tag.select().count() == 1


# --- Accounts and duties ------------------------------------------------------------------

LIN = """[[accounts]]
account = "lin"
full_name = "林小梅"
area = "440304004028"
roles = [{ role = "collector", area = "440304004028" }, { role = "checker" }]
"""


def test_an_account_gets_a_password_that_is_shown_once(bring):
    report = bring("accounts", LIN)
    assert report.added == 1
    word = report.passwords["lin"]
    lin = Account.get(Account.name == "lin")
    assert sessions._is_right(lin.password_hash, word)
    roles = {(grant.role, grant.area_id) for grant in RoleGrant.select()}
    assert roles == {("collector", SHUIWEI), ("checker", None)}
    assert bring("accounts", LIN).passwords == {}


def test_a_list_of_roles_is_the_whole_list(bring):
    bring("accounts", LIN, password="of-the-day")
    stamp = Account.get().stamp
    report = bring("accounts", LIN.replace(', { role = "checker" }', ""))
    assert (report.changed, Account.get().stamp) == (1, stamp + 1)
    ended = RoleGrant.get(RoleGrant.role == "checker")
    assert to_ms(ended.until) <= to_ms(clock.now())
    assert bring("accounts", LIN.replace(', { role = "checker" }', "")).unchanged == 1
    assert bring("accounts", LIN).changed == 1
    assert RoleGrant.select().where(RoleGrant.role == "checker").count() == 2


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"collector"', '"emperor"', "is no role"),
        ('area = "440304004028" }', 'area = "1" }', "unknown area"),
        ('area = "440304004028"\n', 'area = "9999"\n', "import areas first"),
        ('"lin"', '"Lin Xiaomei"', "small letters"),
        ('full_name = "林小梅"', "", "required"),
        ('full_name = "林小梅"', 'full_name = "林小梅"\nsecret = 1', "not known here"),
        ("roles = [", "roles = 5 #", "must be a list"),
        ("[[accounts]]", "[[people]]", "no [[accounts]]"),
        ("[[accounts]]", "[[accounts", "is not TOML"),
        ("[[accounts]]", LIN + "[[accounts]]", "account 1 already"),
    ],
)
def test_an_account_that_cannot_be(bring, old, new, words):
    report = bring("accounts", LIN.replace(old, new))
    assert words in " ".join(found.message for found in report.listed)
    assert Account.select().count() == 0


DUTIES = "building,account,role,since,until\n"


def test_a_duty_begins_and_ends(bring):
    bring("accounts", LIN, password="x")
    assert bring("duties", DUTIES + f"{HOUSE},lin,collector,2026-01-05,\n").added == 1
    assert bring("duties", DUTIES + f"{HOUSE},lin,collector,2026-01-05,\n").unchanged == 1
    assert bring("duties", DUTIES + f"{HOUSE},lin,collector,2026-01-05,2026-07-01\n").changed == 1
    assert Duty.get().until == "2026-07-01"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (f"{HOUSE},nobody,collector,2026-01-05,", "import accounts first"),
        (f"{HOUSE},lin,auditor,2026-01-05,", "never given to lin"),
        ("4403040040280100099,lin,collector,2026-01-05,", "import buildings first"),
        (f"{HOUSE},lin,collector,2026-01-05,2025-01-01", "before since"),
        (f"{HOUSE},lin,collector,,", "required"),
    ],
)
def test_a_duty_that_cannot_be(bring, row, words):
    bring("accounts", LIN, password="x")
    report = bring("duties", DUTIES + row + "\n")
    assert report.errors == 1
    assert words in report.listed[0].message


def test_the_options_are_all_named_in_one_place():
    assert set(Options.__dataclass_fields__) == {
        "crs",
        "scheme",
        "subject",
        "area",
        "community",
        "trust_crs",
        "of_kind",
        "columns",
        "skip_others",
        "password",
    }
