"""The data we ship is what its README says: exact counts, nobody real, nothing pointing nowhere."""

import csv
import hashlib
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import combinations
from math import cos, dist, radians
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from fixtures.town.generate import town as generator
from fixtures.town.generate.numbers import TAG_KEYS
from qr import codes

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
TOWN = FIXTURES / "town"
BUILDING_1 = "4403040040280100001"
SHUIWEI = "440304004028"
FOUR_DUTIES = {"collector", "safety_officer", "building_head", "police_officer"}
CAST = {
    "lin": "collector",
    "an": "safety_officer",
    "chen": "building_head",
    "zhao": "police_officer",
    "qiao": "enforcer",
    "fen": "dispatcher",
    "tao": "clerk",
    "mei": "building_manager",
    "du": "supervisor",
    "shen": "auditor",
    "guan": "administrator",
}

Line = dict[str, str]
Point = tuple[float, float]


def read(path: str) -> list[Line]:
    with (FIXTURES / path).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def load(path: str) -> dict[str, Any]:
    return tomllib.loads((FIXTURES / path).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def town() -> dict[str, list[Line]]:
    """File name without ending -> its lines."""
    return {path.stem: read(f"town/{path.name}") for path in TOWN.glob("*.csv")}


@pytest.fixture(scope="module")
def buildings() -> list[dict[str, Any]]:
    features = json.loads((TOWN / "buildings.geojson").read_text(encoding="utf-8"))["features"]
    return [
        feature["properties"] | {"rings": feature["geometry"]["coordinates"]}
        for feature in features
    ]


@pytest.fixture(scope="module")
def people(town: dict[str, list[Line]]) -> dict[str, Line]:
    """Key -> the person, once each."""
    return {line["key"]: line for line in town["residents"]}


@pytest.fixture(scope="module")
def accounts() -> dict[str, dict[str, Any]]:
    return {account["account"]: account for account in load("town/cast.toml")["accounts"]}


# ------------------------------------------------------------------ areas, names, footprints


def test_all_of_shenzhen_stands_in_the_tree() -> None:
    areas = read("areas/shenzhen.csv")
    levels = Counter(area["level"] for area in areas)
    assert levels == {"city": 1, "district": 9, "street": 79, "community": 788}
    virtual = Counter(area["level"] for area in areas if area["is_virtual"] == "1")
    assert virtual == {"street": 5, "community": 5}
    seen = {""}
    for area in areas:
        assert area["parent"] in seen
        assert area["code"].startswith(area["parent"])
        seen.add(area["code"])
    assert len(seen) == len(areas) + 1
    names = {area["code"]: area["name"] for area in areas}
    assert names[SHUIWEI] == "水围社区"


def test_the_names_are_the_published_ones() -> None:
    surnames = read("names/surnames.csv")
    assert len({line["surname"] for line in surnames}) == 399
    assert sum(float(line["percent"]) for line in surnames) == pytest.approx(96.6, abs=0.1)
    given = Counter(line["sex"] for line in read("names/given_names.csv"))
    assert given == {"m": 57, "f": 74}


def test_the_real_footprints_are_untouched() -> None:
    raw = (FIXTURES / "footprints/nanshan.geojson").read_bytes()
    assert hashlib.md5(raw).hexdigest() == "c8da63be9629b0487b953fc5ffcd0e2a"
    assert len(json.loads(raw)["features"]) == 5_438


# -------------------------------------------------------------------------------- classes


@pytest.mark.parametrize(
    ("noun", "major", "minor"),
    [("people", 76, 120), ("legal_persons", 85, 147), ("houses", 10, 42), ("events", 9, 36)],
)
def test_every_class_is_counted_and_has_its_own_name(noun: str, major: int, minor: int) -> None:
    entry = load("classes/manifest.toml")[noun]
    raw = (FIXTURES / "classes" / entry["file"]).read_bytes()
    assert hashlib.sha256(raw).hexdigest() == entry["sha256"]
    classes = read(f"classes/{entry['file']}")
    parents = {line["code"] for line in classes if not line["parent"]}
    children = [line for line in classes if line["parent"]]
    assert (len(parents), len(children)) == (entry["major"], entry["minor"]) == (major, minor)
    assert {line["parent"] for line in children} <= parents
    assert all(line["code"].startswith(line["parent"]) for line in children)
    assert {line["scheme"] for line in classes} == {entry["scheme"]}
    assert len({line["code"] for line in classes}) == len(classes)
    assert len({line["name"] for line in classes}) == len(classes)
    assert not [line for line in classes if re.search(r"\d|其他|类别|未知", line["name"])]


# --------------------------------------------------------------------- the town as a whole


def test_the_town_is_made_again_byte_for_byte() -> None:
    for name, text in generator.make().items():
        assert (TOWN / name).read_bytes() == text.encode(), name


def test_the_town_has_what_was_promised(
    town: dict[str, list[Line]], buildings: list[dict[str, Any]], people: dict[str, Line]
) -> None:
    assert len(buildings) == 318
    assert len(town["small_places"]) == 660
    assert len(people) == 30_000
    assert len(town["businesses"]) == 900
    assert len(town["events"]) == 1_200
    assert len(town["areas"]) == 12
    assert 5_000 <= len(town["rooms"]) <= 8_500


def test_the_manifest_tells_the_truth(
    town: dict[str, list[Line]], buildings: list[dict[str, Any]], people: dict[str, Line]
) -> None:
    manifest = load("town/manifest.toml")
    assert manifest["counts"] == {
        "grids": len(town["areas"]),
        "buildings": len(buildings),
        "rooms": len(town["rooms"]),
        "tags": len(town["tags"]),
        "addresses": len(town["addresses"]),
        "residents": len(people),
        "resident_lines": len(town["residents"]),
        "businesses": len(town["businesses"]),
        "small_places": len(town["small_places"]),
        "events": len(town["events"]),
        "facilities": len(town["facilities"]),
        "hydrants": len(town["hydrants"]),
        "facility_tags": len(town["facility_tags"]),
        "duties": len(town["duties"]),
        "units": len(town["units"]),
        "remits": len(town["remits"]),
    }
    hashes = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in TOWN.iterdir()
        if path.suffix in {".csv", ".geojson", ".toml"} and path.name != "manifest.toml"
    }
    assert manifest["sha256"] == hashes


def test_building_1_is_the_house_of_every_story(
    town: dict[str, list[Line]], buildings: list[dict[str, Any]]
) -> None:
    def of(name: str) -> list[Line]:
        return [line for line in town[name] if line["building"] == BUILDING_1]

    assert buildings[0]["code"] == BUILDING_1
    assert len(of("rooms")) == 20
    assert len(of("residents")) == len({line["key"] for line in of("residents")}) == 40
    assert not [line for line in of("residents") if line["until"]]
    assert len(of("businesses")) == 5
    assert len(of("events")) >= 8
    assert {line["kind"] for line in of("tags")} == {"building", "room", "extinguisher", "meter"}
    assert sum(line["kind"] == "room" for line in of("tags")) == 20
    kinds = {line["kind"] for line in of("residents")}
    assert kinds == {"registered", "living", "owning", "working"}


# -------------------------------------------------------------------------------- ground


def test_codes_have_their_form_and_none_appears_twice(
    town: dict[str, list[Line]], buildings: list[dict[str, Any]]
) -> None:
    codes = [building["code"] for building in buildings]
    assert len(set(codes)) == 318
    assert all(re.fullmatch(r"\d{14}[0-9T]\d{4}", code) for code in codes)
    assert sum("T" in code for code in codes) == 6
    rooms = [room["code"] for room in town["rooms"]]
    assert len(set(rooms)) == len(rooms)
    assert all(re.fullmatch(r"\d{14}[0-9T]\d{10}", code) for code in rooms)
    assert any("T" in code for code in rooms)


def test_a_code_keeps_the_community_it_was_given_in(buildings: list[dict[str, Any]]) -> None:
    former = Counter(building["code"][:12] for building in buildings)
    assert set(former) == {SHUIWEI, "440304004027", "440304004034", "440304004011"}
    assert all(building["area"].startswith(SHUIWEI) for building in buildings)
    real = {area["code"] for area in read("areas/shenzhen.csv")}
    assert {"440304004027", "440304004034"} <= real
    assert "440304004011" not in real  # a community that is gone


def test_houses_stand_like_a_village(buildings: list[dict[str, Any]]) -> None:
    rings = [metres(building) for building in buildings]
    centres = [middle(ring) for ring in rings]
    assert 440 <= max(dist(centre, (0, 0)) for centre in centres) <= 640
    nearest = [
        min(dist(centre, other) for other in centres if other is not centre) for centre in centres
    ]
    assert 42 <= median(nearest) <= 48
    sizes = [area(ring) for ring in rings]
    assert min(sizes) >= 80
    assert sum(80 <= size <= 400 for size in sizes) >= 300
    assert 5 <= sum(size > 400 for size in sizes) <= 18
    names = Counter(building["name"] for building in buildings)
    assert names.most_common(1)[0][1] == 1


def test_no_house_stands_in_another(buildings: list[dict[str, Any]]) -> None:
    rings = [metres(building) for building in buildings]
    pairs = [
        (one, other)
        for one, other in combinations(rings, 2)
        if dist(middle(one), middle(other)) < 80
    ]
    assert len(pairs) > 318
    assert min(gap(one, other) for one, other in pairs) >= 2


def test_every_ring_is_closed_and_runs_anticlockwise(buildings: list[dict[str, Any]]) -> None:
    for building in buildings:
        (ring,) = building["rings"]
        assert len(ring) == 5
        assert ring[0] == ring[-1]
        assert signed(metres(building)) > 0


def test_every_tag_hangs_somewhere_and_none_twice(
    town: dict[str, list[Line]], buildings: list[dict[str, Any]]
) -> None:
    tags = town["tags"]
    assert len({tag["tag"] for tag in tags}) == len(tags)
    plates = {tag["building"]: tag["tag"] for tag in tags if tag["kind"] == "building"}
    assert plates == {building["code"]: building["tag"] for building in buildings}
    assert all(codes.read(tag["tag"], TAG_KEYS) == tag["tag"] for tag in tags)
    assert all(bool(tag["room"]) == (tag["kind"] == "room") for tag in tags)
    more = Counter(tag["building"] for tag in tags if tag["kind"] != "building")
    assert all(more[building["code"]] >= 2 for building in buildings)  # a second tag as a beat


# -------------------------------------------------------------------------------- people


def test_surnames_have_the_shares_of_the_real_population(people: dict[str, Line]) -> None:
    shares = {line["surname"]: float(line["percent"]) for line in read("names/surnames.csv")}
    total = sum(shares.values())
    counted = Counter(surname(person["name"], shares) for person in people.values())
    assert set(counted) <= set(shares)
    expected = {name: 30_000 * share / total for name, share in shares.items()}
    chi_square = sum((counted[name] - many) ** 2 / many for name, many in expected.items())
    assert chi_square < 398  # the mean of pure chance with 398 degrees of freedom
    assert max(abs(counted[name] - many) for name, many in expected.items()) <= 1


def test_given_names_have_one_or_two_characters(people: dict[str, Line]) -> None:
    shares = {line["surname"]: 0.0 for line in read("names/surnames.csv")}
    lengths = Counter(
        len(person["name"]) - len(surname(person["name"], shares)) for person in people.values()
    )
    assert set(lengths) == {1, 2}
    assert lengths[2] > lengths[1] > 3_000
    assert len({person["name"] for person in people.values()}) > 15_000


def test_id_numbers_are_valid_and_nobodys(people: dict[str, Line]) -> None:
    numbers = [person["id_number"] for person in people.values()]
    assert len(set(numbers)) == 30_000
    for person in people.values():
        number = person["id_number"]
        assert number.startswith("440399")
        assert number[17] == id_check(number[:17])
        assert (int(number[16]) % 2 == 1) == (person["sex"] == "m")
        born = date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
        assert date(1920, 1, 1) < born <= date(2026, 10, 31)


def test_a_known_id_number_passes_our_own_check() -> None:
    assert id_check("11010519491231002") == "X"  # the example of GB 11643-1999


def test_a_person_is_one_person_on_every_line(town: dict[str, list[Line]]) -> None:
    own = ("name", "sex", "id_number", "phone", "people_class")
    known: dict[str, tuple[str, ...]] = {}
    for line in town["residents"]:
        facts = tuple(line[name] for name in own)
        assert known.setdefault(line["key"], facts) == facts


def test_phones_have_a_valid_form_and_ring_nowhere(
    people: dict[str, Line], town: dict[str, list[Line]]
) -> None:
    phones = [person["phone"] for person in people.values() if person["phone"]]
    phones += [business["legal_phone"] for business in town["businesses"]]
    assert all(re.fullmatch(r"1(54|61|63|64|68|69)\d{8}", phone) for phone in phones)
    owners = Counter(person["phone"] for person in people.values() if person["phone"])
    alone = sum(many == 1 for many in owners.values())
    assert alone > 0.85 * len(owners)
    assert max(owners.values()) > 1  # a child has its father's: a phone is not a key


def test_families_share_rooms_and_the_fathers_name(town: dict[str, list[Line]]) -> None:
    shares = {line["surname"]: 0.0 for line in read("names/surnames.csv")}
    homes: dict[str, list[Line]] = {}
    for line in town["residents"]:
        if line["kind"] == "living" and not line["until"]:
            homes.setdefault(line["room"], []).append(line)
    children = related = 0
    for room in homes.values():
        grown = {surname(line["name"], shares) for line in room if year(line) < 2008}
        for line in room:
            if year(line) >= 2016:
                children += 1
                related += surname(line["name"], shares) in grown
    assert children > 1_500
    assert related > 0.95 * children
    assert max(len(room) for room in homes.values()) <= 10


def test_every_link_has_a_kind_a_source_and_days_in_order(town: dict[str, list[Line]]) -> None:
    kinds = Counter(line["kind"] for line in town["residents"])
    assert set(kinds) == {"registered", "living", "owning", "working"}
    assert kinds["living"] > 29_000
    sources = {line["source"] for line in town["residents"]}
    assert sources == {"visit", "self", "police", "landlord", "manager"}
    for line in town["residents"]:
        number = line["id_number"]
        born = date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
        since, checked = (date.fromisoformat(line[name]) for name in ("since", "verified_at"))
        assert born <= since <= checked <= date(2026, 10, 31)
        if line["until"]:
            assert since < date.fromisoformat(line["until"]) <= date(2026, 10, 31)
    moved = [line for line in town["residents"] if line["until"]]
    assert len(moved) > 300


def test_some_own_one_room_and_live_in_another(town: dict[str, list[Line]]) -> None:
    rooms: dict[str, dict[str, str]] = {}
    for line in town["residents"]:
        rooms.setdefault(line["key"], {})[line["kind"]] = line["room"]
    apart = [
        kinds
        for kinds in rooms.values()
        if "owning" in kinds and kinds.get("living", kinds["owning"]) != kinds["owning"]
    ]
    assert len(apart) > 100


# -------------------------------------------------------------- businesses, places, events


def test_credit_codes_are_valid_and_nobodys(town: dict[str, list[Line]]) -> None:
    codes = [business["credit_code"] for business in town["businesses"]]
    assert len(set(codes)) == 900
    for code in codes:
        assert re.fullmatch(r"9[12]440399MA[0-9A-HJ-NPQRTUWXY]{8}", code)
        assert code[16] == organisation_check(code[8:16])
        assert code[17] == credit_check(code[:17])


def test_known_credit_codes_pass_our_own_check() -> None:
    for code in ("91110000600037341L", "91350100M000100Y43"):  # both are printed in public
        assert credit_check(code[:17]) == code[17]


def test_small_places_are_small_and_fit_their_rooms(town: dict[str, list[Line]]) -> None:
    rooms = {room["code"]: room for room in town["rooms"]}
    limits = {"shop": 300, "workshop": 250, "entertainment": 200}  # Shenzhen's definition, in m2
    for place in town["small_places"]:
        size = float(place["area_m2"])
        assert 0 < size < limits[place["kind"]]
        assert size <= float(rooms[place["room"]]["area_m2"])
    kinds = Counter(place["kind"] for place in town["small_places"])
    assert kinds["shop"] > kinds["workshop"] > kinds["entertainment"] > 20
    assert len({place["room"] for place in town["small_places"]}) == 660
    assert 30 <= sum(not place["business"] for place in town["small_places"]) <= 60


def test_events_lie_in_the_towns_last_year(town: dict[str, list[Line]]) -> None:
    days = [event["at"] for event in town["events"]]
    assert days == sorted(days)
    assert "2025-10-31" <= days[0] < days[-1] < "2026-10-31"
    assert all(day.endswith("+08:00") for day in days)
    statuses = {event["status"] for event in town["events"]}
    assert statuses == {"reported", "dispatched", "handled", "closed"}
    assert not [event for event in town["events"] if "{" in event["text"]]
    old = {event["status"] for event in town["events"] if event["at"] < "2026-09-01"}
    assert old == {"handled", "closed"}


# -------------------------------------------------------------------------------- references


def test_nothing_points_nowhere(
    town: dict[str, list[Line]], buildings: list[dict[str, Any]]
) -> None:
    grids = {line["code"] for line in town["areas"]}
    houses = {building["code"] for building in buildings}
    rooms = {room["code"]: room["building"] for room in town["rooms"]}
    businesses = {business["key"] for business in town["businesses"]}
    assert {building["area"] for building in buildings} == grids
    assert set(rooms.values()) == houses
    assert {line["code"] for line in town["addresses"]} <= houses | rooms.keys()
    for name in ("residents", "businesses", "small_places", "events", "tags"):
        for line in town[name]:
            assert line["building"] in houses
            assert not line["room"] or rooms[line["room"]] == line["building"]
    assert {place["business"] for place in town["small_places"]} <= businesses | {""}
    for name in ("businesses", "small_places", "events"):
        keys = [line["key"] for line in town[name]]
        assert len(set(keys)) == len(keys)


def test_every_class_is_in_its_dictionary(
    town: dict[str, list[Line]], buildings: list[dict[str, Any]]
) -> None:
    def codes(noun: str) -> set[str]:
        return {line["code"] for line in read(f"classes/{noun}.csv")}

    used = {line["people_class"] for line in town["residents"]}
    assert used <= codes("people")
    assert len(used) > 90
    assert {line["business_class"] for line in town["businesses"]} <= codes("legal_persons")
    assert {line["event_class"] for line in town["events"]} <= codes("events")
    assert {line["house_class"] for line in town["rooms"]} <= codes("houses")
    assert {building["house_class"] for building in buildings} <= codes("houses")


def test_a_building_is_called_by_many_names(town: dict[str, list[Line]]) -> None:
    kinds = Counter(line["kind"] for line in town["addresses"])
    assert set(kinds) == {"police_door", "title_deed", "utility_account", "nickname"}
    assert kinds["police_door"] == 318
    texts = [(line["kind"], line["text"]) for line in town["addresses"]]
    assert len(set(texts)) == len(texts)
    of_building_1 = {line["kind"] for line in town["addresses"] if line["code"] == BUILDING_1}
    assert {"police_door", "utility_account", "nickname"} <= of_building_1


# -------------------------------------------------------------------------------- the cast


def test_the_cast_is_on_stage(accounts: dict[str, dict[str, Any]]) -> None:
    for account, role in CAST.items():
        assert {given["role"] for given in accounts[account]["roles"]} == {role}
    assert accounts["han"]["roles"] == []
    roles = {given["role"] for account in accounts.values() for given in account["roles"]}
    assert roles == {*CAST.values(), "handler", "checker"}
    assert len(accounts) == len(load("town/cast.toml")["accounts"])  # no name twice


def test_every_account_belongs_to_a_real_area(
    accounts: dict[str, dict[str, Any]], town: dict[str, list[Line]]
) -> None:
    known = {line["code"] for line in read("areas/shenzhen.csv") + town["areas"]}
    for account in accounts.values():
        assert account["area"] in known
        assert all(given.get("area", account["area"]) in known for given in account["roles"])


def test_a_building_head_has_no_area_but_buildings(accounts: dict[str, dict[str, Any]]) -> None:
    roles = [given for account in accounts.values() for given in account["roles"]]
    without_area = {given["role"] for given in roles if "area" not in given}
    assert without_area == {"building_head"}
    assert not [given for given in roles if given["role"] == "building_head" and "area" in given]


def test_every_building_has_one_of_each_duty_today(
    town: dict[str, list[Line]], buildings: list[dict[str, Any]]
) -> None:
    holders: dict[str, list[str]] = {building["code"]: [] for building in buildings}
    for duty in town["duties"]:
        if not duty["until"]:
            holders[duty["building"]].append(duty["role"])
    assert all(len(roles) == 4 and set(roles) == FOUR_DUTIES for roles in holders.values())


def test_a_duty_lies_in_the_area_of_the_role(
    town: dict[str, list[Line]],
    buildings: list[dict[str, Any]],
    accounts: dict[str, dict[str, Any]],
) -> None:
    grids = {building["code"]: building["area"] for building in buildings}
    for duty in town["duties"]:
        if not duty["until"]:
            account = accounts[duty["account"]]
            held = {(one["role"], one.get("area", account["area"])) for one in account["roles"]}
            assert (duty["role"], grids[duty["building"]]) in held


def test_lin_has_a_part_of_town_and_chen_one_house(
    town: dict[str, list[Line]], buildings: list[dict[str, Any]]
) -> None:
    of_lin = {duty["building"] for duty in town["duties"] if duty["account"] == "lin"}
    first_grid = {b["code"] for b in buildings if b["area"] == f"{SHUIWEI}001"}
    assert BUILDING_1 in of_lin
    assert of_lin == first_grid
    assert 20 < len(of_lin) < 40
    of_chen = [duty["building"] for duty in town["duties"] if duty["account"] == "chen"]
    assert of_chen == [BUILDING_1]
    before_lin = [duty for duty in town["duties"] if duty["until"]]
    assert {duty["account"] for duty in before_lin} == {"liu"}
    assert {duty["building"] for duty in before_lin} == first_grid


# ----------------------------------------------------------- the same checks, in other words


def id_check(body: str) -> str:
    """ISO 7064 MOD 11-2 as the standard tells it: double and add, digit by digit."""
    rest = 0
    for digit in body:
        rest = (rest + int(digit)) * 2 % 11
    return "0123456789X"[(12 - rest) % 11]


def credit_check(body: str) -> str:
    """GB 32100-2015: with the weighted 17 the last character makes the sum divisible by 31."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = 0
    for letter in reversed(body):
        total = total * 3 + letters.index(letter)
    return next(last for last in letters if (total + letters.index(last)) % 31 == 0)


def organisation_check(body: str) -> str:
    """GB 11714: eight weights, modulo 11, ten is X."""
    total = sum(int(c, 36) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return "0123456789X"[-total % 11]


def surname(name: str, shares: dict[str, float]) -> str:
    """The longest surname a name opens with."""
    return name[:2] if name[:2] in shares and len(name) > 2 else name[0]


def year(line: Line) -> int:
    return int(line["id_number"][6:10])


def metres(building: dict[str, Any]) -> list[Point]:
    """The four corners in metres east and north of the town's centre."""
    return [
        ((lon - 114.0620) * 111_320 * cos(radians(22.5215)), (lat - 22.5215) * 110_750)
        for lon, lat in building["rings"][0][:-1]
    ]


def middle(ring: list[Point]) -> Point:
    return (sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring))


def edges(ring: list[Point]) -> Iterator[tuple[Point, Point]]:
    return zip(ring, ring[1:] + ring[:1], strict=True)


def signed(ring: list[Point]) -> float:
    """The area, negative when the ring runs clockwise (shoelace)."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in edges(ring)) / 2


def area(ring: list[Point]) -> float:
    return abs(signed(ring))


def gap(one: list[Point], other: list[Point]) -> float:
    """Metres between two convex shapes along the best separating edge; negative: they overlap."""
    best = float("-inf")
    for ring in (one, other):
        for a, b in edges(ring):
            length = dist(a, b)
            normal = ((b[1] - a[1]) / length, (a[0] - b[0]) / length)
            along = [[x * normal[0] + y * normal[1] for x, y in shape] for shape in (one, other)]
            best = max(best, min(along[0]) - max(along[1]), min(along[1]) - max(along[0]))
    return best
