"""What happens in more than one story."""

from functools import cache
from typing import Any

from backend.rules import datum
from mobile_api.walk import fix_at, metres_north
from tests.town import Clock, House, Worker, houses, rows


def at_home(house: House) -> dict[str, Any]:
    """What a worker's phone says in her kitchen, two kilometres from a house."""
    return fix_at(metres_north(house.door, 2_000))


def in_gcj02(house: House) -> dict[str, Any]:
    """A house's door as a phone of the mainland's map services says it."""
    lat, lon = datum.from_wgs84(datum.Position(*house.door), "gcj02")
    return fix_at((lat, lon), crs="gcj02")


def renews(worker: Worker) -> Any:
    """New tokens for the ones in hand."""
    answer = worker.asks("POST", "/sessions/renewal", {"refresh_token": worker.refresh})
    if answer.status_code == 201:
        worker.token, worker.refresh = answer.json["access_token"], answer.json["refresh_token"]
    return answer


def stays(worker: Worker, house: House, clock: Clock, *, minutes: int) -> None:
    """Be about the house with the phone in the pocket: a beat every 30 seconds, no look."""
    for beat in range(minutes * 2):
        clock.passes(seconds=30)
        if beat % 20 == 19:
            renews(worker)
        worker.beats(fix_at(metres_north(house.door, beat % 7)))


def told(worker: Worker, kind: str) -> list[dict[str, Any]]:
    """The facts of what waits for somebody, of one kind."""
    found = worker.asks("GET", "/notices").json["items"]
    return [one["facts"] for one in found if one["kind"] == kind]


@cache
def newcomers() -> list[dict[str, str]]:
    """People of the demo town who do not live in this part of it: name, ID number, phone."""
    known = {house.code for house in houses()}
    return [
        row
        for row in rows("residents.csv")
        if row["building"] not in known and row["id_number"] and row["phone"]
    ]
