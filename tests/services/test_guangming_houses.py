"""The rental houses of a whole district: loaded by the imports, graded, patrolled, on the map."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest

from backend import clock, load
from backend.actor import SYSTEM, Actor
from backend.db import database
from backend.models import Account, Area, Building, Grade, PatrolTask
from backend.rules.permits import Grant
from backend.services import fire_maps, imports, inspections, migrations, smart_ids
from backend.services.imports import Options
from backend.start import start
from fixtures.guangming import houses
from tests import databases, guangming, town
from tests.services.rounds import AT_THE_DOOR, sheet, wrong

FORM = load.FIXTURES / "forms" / "rental_building.toml"
KINDS = {
    "houses.toml": "accounts",
    "buildings.geojson": "buildings",
    "rooms.csv": "rooms",
    "addresses.csv": "addresses",
    "residents.csv": "residents",
    "events.csv": "events",
    "hydrants.csv": "facilities",
    "tags.csv": "tags",
    "duties.csv": "duties",
}
SMALL = 500
QUICK_S = 1.0
"""For a map of some 500 houses, on two busy cores."""


@pytest.fixture
def district(tmp_path: Path) -> Iterator[Path]:
    """Areas, units and duty list of Guangming, and an empty folder."""
    if databases.is_postgresql_run():
        url = databases.fresh_postgres(ground, f"houses_{tmp_path.name}"[:60].lower())
    else:
        url = databases.fresh_sqlite(ground, tmp_path)
    start(town.settings(url))
    yield tmp_path
    database.close()
    if databases.is_postgresql_run():
        databases.drop_postgres(url)


def ground(url: str) -> None:
    start(town.settings(url))
    migrations.migrate()
    for kind, path in (*guangming.FILES[:5], ("forms", FORM)):
        load.import_one(kind, path)
    database.close()


def settles(folder: Path, count: int) -> None:
    """Through the product's own imports, with the seconds that each took."""
    for name, text in houses.make(count).items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        options = Options(
            crs="wgs84" if KINDS[name] in ("buildings", "facilities") else None,
            password=town.PASSWORD if KINDS[name] == "accounts" else None,
        )
        with told(f"import_{name.partition('.')[0]}_s"):
            report = imports.run(imports.KINDS[KINDS[name]], path, options, by=SYSTEM)
        assert report.errors == 0, report.lines()[:5]


@contextmanager
def told(name: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    print(f"{name} {time.perf_counter() - begun:.2f}")


def inspects_what_is_wrong(count: int) -> Counter[str]:
    """Each village's own worker looks at the houses in which something is wrong, one in a minute:
    nobody may send photos faster.
    """
    grades: Counter[str] = Counter()
    workers = {row.name: row for row in Account.select()}
    where = {row.code: row for row in Building.select(Building.code, Building.lat, Building.lon)}
    begun = clock.now()
    for number, (code, items) in enumerate(houses.findings(count).items()):
        with mock.patch.object(clock, "now", return_value=begun + timedelta(minutes=number)):
            grade = _inspects(code, items, workers, where)
        grades[grade] += 1
    return grades


def _inspects(
    code: str, items: tuple[str, ...], workers: dict[str, Account], where: dict[str, Building]
) -> str:
    """The grade that came of it."""
    by = _worker(workers[f"gm{code[6:12]}"])
    at = {**AT_THE_DOOR, "lat": where[code].lat, "lon": where[code].lon}
    said = {"rental_kind": "dormitory", **{item: wrong(by) for item in items}}
    sent = sheet(f"building:{code}", "rental_building", fix=at, but=said)
    inspections.submit(sent, by=by)
    return str(inspections.grades.of(f"building:{_id(code)}")["grade"])


def _worker(row: Account) -> Actor:
    path = Area.get_by_id(row.area_id).path
    role = "safety_officer"
    return Actor(row.id, row.name, row.full_name, (Grant(role, path),), roles=(role,))


def _id(code: str) -> int:
    return int(Building.get(Building.code == code).id)


def supervisor(area: str) -> Actor:
    grant = Grant("supervisor", Area.get_by_id(area).path)
    return Actor(999_999, "su", "Su", (grant,), roles=("supervisor",))


def holds(folder: Path, count: int) -> None:
    """What must be true of a district of so many houses."""
    settles(folder, count)
    known = list(houses.stand(count))
    with told("enrol_s"):
        assert inspections.enrol() == count
    # Right after loading: incidents decide; nothing has been inspected.
    fates = Counter(one.fate for one in known)
    graded = Counter(row.grade for row in Grade.select(Grade.grade))
    assert graded == {"green": count - fates["yellow"], "yellow": fates["yellow"]}
    owners = dict(Account.select(Account.id, Account.name).tuples())
    by_code = {one.code: one.worker for one in known}
    rows = PatrolTask.select(PatrolTask.subject, PatrolTask.account_id).tuples()
    codes = dict(Building.select(Building.id, Building.code).tuples())
    patrols = {codes[int(key.partition(":")[2])]: owners[who] for key, who in rows}
    assert patrols == by_code
    with told("inspect_s"):
        found = inspects_what_is_wrong(count)
    assert found == {"orange": fates["orange"], "red": fates["red"]}
    graded = Counter(row.grade for row in Grade.select(Grade.grade))
    assert graded == fates
    assert set(graded) == {"green", "yellow", "orange", "red"}
    _is_on_the_map(known)
    _has_a_smart_id(known)


def _is_on_the_map(known: list[houses.House]) -> None:
    village = known[0].grid[:12]
    mine = [one for one in known if one.grid.startswith(village)]
    su = supervisor("440311")
    begun = time.perf_counter()
    drawn = fire_maps.show(village, by=su)
    seconds = time.perf_counter() - begun
    print(f"fire_map_s {seconds:.3f} houses {len(mine)} bytes {len(drawn['drawing'].encode())}")
    assert len(drawn["houses"]) == len(mine)
    assert seconds < QUICK_S
    lon, lat = mine[0].ring[0]
    begun = time.perf_counter()
    box = fire_maps.around([lon - 0.001, lat - 0.001, lon + 0.0024, lat + 0.0024], by=su)
    wells = fire_maps.hydrants_around([lon - 0.001, lat - 0.001, lon + 0.01, lat + 0.01], by=su)
    seconds = time.perf_counter() - begun
    print(f"bounding_box_s {seconds:.3f} houses {len(box['features'])}")
    assert 0 < len(box["features"]) <= len(mine)
    assert len(wells["features"]) >= houses.HYDRANTS
    assert seconds < QUICK_S


def _has_a_smart_id(known: list[houses.House]) -> None:
    one = next(one for one in known if one.lives >= 3 and one.fate == "yellow")
    begun = time.perf_counter()
    shown = smart_ids.show(one.code)
    print(f"smart_id_s {time.perf_counter() - begun:.3f}")
    assert (shown["name"], shown["residents"], shown["rooms"]) == (one.name, one.lives, 4)
    assert shown["area_m2"] == 114
    assert shown["grade"]["grade"] == "yellow"
    assert shown["incidents"]["in_building"] == 2
    assert shown["fire_gear"]["hydrant"]["metres"] <= 250
    assert [name["kind"] for name in shown["names"]] == ["standard", "police_door"]
    inspected = next(one for one in known if one.fate == "red")
    assert smart_ids.show(inspected.code)["rental_kind"]["code"] == "dormitory"
    assert smart_ids.show(inspected.code)["hazards"] == {"general": 0, "major": 3}


def test_500_rental_houses_are_loaded_graded_patrolled_and_mapped(district: Path) -> None:
    holds(district, SMALL)


def test_the_houses_are_the_same_every_time() -> None:
    assert houses.make(62) == houses.make(62)


@pytest.mark.proof
def test_all_15016_of_guangming(district: Path) -> None:
    holds(district, houses.COUNT)
    su = supervisor("440311")
    begun = time.perf_counter()
    told_all = fire_maps.show(by=su)
    print(f"fire_map_of_the_district_s {time.perf_counter() - begun:.3f}")
    assert len(told_all["choices"]) == 6  # Streets: nobody reads 15,016 houses on one map.
