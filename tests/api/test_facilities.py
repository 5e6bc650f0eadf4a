"""The register of facilities over HTTP: Mei writes, Lin reads, Han is refused."""

import io
from typing import Any

import pytest

from backend.models import Facility
from mobile_api import uploads
from tests.town import API, House, Worker


@pytest.fixture(autouse=True)
def _nothing_stands_yet(clock: Any) -> None:
    """The small town's own inventory out of the way."""
    Facility.delete().execute()


def lamp(house: House, **changes: Any) -> dict[str, Any]:
    lat, lon = house.door
    form = {"kind": "streetlight", "number": "L1", "lat": lat, "lon": lon, "crs": "wgs84"}
    return {**form, **changes}


def test_a_lamp_from_beginning_to_end(mei: Worker, lin: Worker, house: House) -> None:
    made = mei.asks("POST", "/facilities", lamp(house, facts={"power_w": 60}))
    assert (made.status_code, made.json["number"], made.headers["ETag"]) == (201, "L1", '"1"')
    assert made.json["area"]["code"] == house.area
    head = {"If-Match": made.headers["ETag"]}
    amended = mei.asks("PATCH", "/facilities/L1", {"name": "一号灯"}, headers=head)
    assert (amended.status_code, amended.json["version"]) == (200, 2)
    assert lin.asks("GET", "/facilities/l1").json == amended.json
    near = f"{house.door[0]},{house.door[1]}"
    found = lin.asks("GET", f"/facilities?near={near}&crs=wgs84&kind=streetlight").json
    assert [(one["number"], one["distance_m"]) for one in found["items"]] == [("L1", 0)]
    assert mei.asks("DELETE", "/facilities/L1", headers={"If-Match": "1"}).status_code == 412
    assert mei.asks("DELETE", "/facilities/L1", headers={"If-Match": "2"}).status_code == 204
    assert lin.asks("GET", "/facilities").json == {"items": [], "next": None}


def test_the_same_key_registers_once(mei: Worker, house: House) -> None:
    for _ in range(2):
        key = {"Idempotency-Key": "one"}
        made = mei.asks("POST", "/facilities", lamp(house, number=None), headers=key)
        assert (made.status_code, made.json["number"]) == (201, "4403040118000001")


def test_pages(mei: Worker, house: House) -> None:
    for serial in range(3):
        mei.asks("POST", "/facilities", lamp(house, number=f"L{serial}"))
    first = mei.asks("GET", "/facilities?limit=2").json
    rest = mei.asks("GET", f"/facilities?limit=2&cursor={first['next']}").json
    assert [one["number"] for one in first["items"] + rest["items"]] == ["L0", "L1", "L2"]
    assert rest["next"] is None


def test_refusals_name_the_field(mei: Worker, lin: Worker, han: Worker, house: House) -> None:
    assert lin.asks("POST", "/facilities", lamp(house)).json["code"] == "not-allowed"
    assert han.asks("GET", "/facilities").json["code"] == "not-allowed"
    refused = mei.asks("POST", "/facilities", lamp(house, facts={"power_w": "bright"}))
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["facts.power_w"])
    assert mei.asks("POST", "/facilities", lamp(house, crs="xyz")).json["code"] == "datum-unknown"
    assert mei.asks("POST", "/facilities", lamp(house)).status_code == 201
    assert mei.asks("POST", "/facilities", lamp(house)).json["code"] == "conflict"
    assert mei.asks("PATCH", "/facilities/L1", {"name": "x"}).json["code"] == "version-missing"
    assert mei.asks("GET", "/facilities?near=here&crs=wgs84").json["code"] == "invalid"
    assert mei.asks("GET", "/facilities?near=22.5,114.06").json["code"] == "datum-missing"
    assert mei.asks("GET", "/facilities?cursor=x").json["code"] == "invalid"


def test_anybody_may_read_the_kinds(client: Any) -> None:
    kinds = {one["kind"]: one for one in client.get("/api/v1/facility-kinds").json["items"]}
    assert kinds["streetlight"]["problems"][0]["zh"] == "灯不亮"
    assert kinds["streetlight"]["label"] == "streetlight"
    assert kinds["bin"]["facts"][0]["choices"]


# --- A whole inventory --------------------------------------------------------------------


def brings(worker: Worker, content: bytes, name: str = "file", **query: str) -> Any:
    query = {"kind": "streetlight", "crs": "wgs84", "area": "440304004028", **query}
    query = {name: value for name, value in query.items() if value}
    return worker.client.post(
        "/api/v1/facility-imports",
        query_string=query,
        data={name: (io.BytesIO(content), "lamps.csv")},
        headers={"Authorization": f"Bearer {worker.token}"},
    )


GOOD = b"id,lat,lon,colour\n7,22.52,114.05,red\n8,22.53,114.05,red\n"
MAPPED = {"map": "number=id", "skip_others": "true"}


def test_mei_brings_an_inventory_first_dry_then_for_good(mei: Worker) -> None:
    dry = brings(mei, GOOD, dry_run="true", **MAPPED)
    assert (dry.status_code, dry.json["dry_run"], dry.json["added"]) == (200, True, 2)
    assert Facility.select().count() == 0
    done = brings(mei, GOOD, **MAPPED)
    assert (done.status_code, done.json["added"], done.json["listed"]) == (200, 2, [])
    assert brings(mei, GOOD, **MAPPED).json["unchanged"] == 2


def test_a_bad_inventory_is_listed_by_row_and_column(mei: Worker) -> None:
    bad = GOOD.replace(b"8,22.53", b"7,north")
    refused = brings(mei, bad, **MAPPED)
    assert (refused.status_code, refused.json["code"]) == (422, "import-failed")
    assert [(one["row"], one["column"]) for one in refused.json["listed"]] == [
        (3, "id"),
        (3, "lat"),
    ]
    assert brings(mei, bad, dry_run="true", **MAPPED).json["errors"] == 2
    assert Facility.select().count() == 0
    assert "unknown columns: id" in brings(mei, GOOD).json["listed"][0]["message"]


def test_who_may_bring_one_and_what(mei: Worker, lin: Worker) -> None:
    assert brings(lin, GOOD, **MAPPED).json["code"] == "not-allowed"
    elsewhere = brings(mei, GOOD, **{**MAPPED, "area": "440304004027"})
    assert elsewhere.json["listed"][0]["column"] == "area"
    assert list(brings(mei, GOOD, name="photo").json["errors"]) == ["file"]
    assert "needs --crs" in brings(mei, GOOD, crs="").json["listed"][0]["message"]
    assert brings(mei, GOOD, map="wings").json["code"] == "invalid"
    assert mei.asks("POST", "/facility-imports?crs=wgs84", {"a": 1}).status_code == 415


def test_a_file_beyond_all_measure_is_refused_unread(mei: Worker) -> None:
    head = {
        "Authorization": f"Bearer {mei.token}",
        "Content-Type": "multipart/form-data; boundary=x",
    }
    said = {"CONTENT_LENGTH": str(uploads.MOST_INVENTORY + 1)}
    path = f"{API}/facility-imports?kind=bin"
    large = mei.client.post(path, headers=head, environ_overrides=said)
    assert (large.status_code, large.json["code"]) == (413, "too-large")
