"""`make walk`: the scene the product exists for, played over HTTP as a phone would.

Lin scans a building, sees who lives there, walks away, and it is gone. The class `Phone` is
also the shortest complete client: sign in, enrol, sign, scan, beat (docs/SIGNING.md).
"""

import hashlib
import hmac
import json
import math
import os
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any

from mobile_api import demo

Place = tuple[float, float]


class Phone:
    """A phone with its owner: everything goes over HTTP, nothing else is known of the server."""

    def __init__(self, url: str) -> None:
        self.api = f"{url}/api/v1"
        self.token = ""
        self.device: dict[str, str] = {}
        self.visit: dict[str, Any] = {}
        self.seq = 0

    def sign_in(self, account: str, password: str) -> None:
        form = {"account": account, "password": password}
        self.token = self.post("/sessions", form)["access_token"]

    def enrol(self) -> None:
        self.device = self.post("/devices", {"name": "walk"})

    def scan(self, tag: str, fix: dict[str, Any]) -> dict[str, Any]:
        """Open a visit at the building whose tag hangs there."""
        nonce = self.post("/visits/challenges", {})["nonce"]
        form = {"nonce": nonce, "tag": tag, "fix": fix, "device_id": self.device["device_id"]}
        self.visit = self.post("/visits", self.signed(form))
        self.seq = 0
        return self.visit

    def beat(self, fix: dict[str, Any]) -> dict[str, Any]:
        """Prove again to be there."""
        self.seq += 1
        form = {"seq": self.seq, "fix": fix}
        self.visit = self.post(f"/visits/{self.visit['id']}/beats", self.signed(form))
        return self.visit

    def look(self, code: str) -> dict[str, Any]:
        """The building's sheet, with the lease if there is one."""
        lease = (self.visit.get("lease") or {}).get("token")
        return self.call("GET", f"/buildings/{code}", headers={"Visit-Lease": lease or ""})

    def signed(self, form: dict[str, Any]) -> dict[str, Any]:
        """The form with the device's signature over its canonical JSON."""
        form["device_time"] = datetime.now(UTC).isoformat()
        text = json.dumps(form, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        secret = self.device["secret"].encode()
        return {**form, "sig": hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()}

    def post(self, path: str, form: dict[str, Any]) -> dict[str, Any]:
        return self.call("POST", path, form)

    def call(
        self,
        method: str,
        path: str,
        form: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """The JSON answer; a problem comes back as its document."""
        body = None if form is None else json.dumps(form, ensure_ascii=False).encode()
        request = urllib.request.Request(self.api + path, body, method=method)  # noqa: S310
        request.add_header("Content-Type", "application/json")
        request.add_header("Accept-Language", "en")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            return json.loads(error.read())


def fix_at(place: Place, accuracy_m: float = 8.0, crs: str = "wgs84") -> dict[str, Any]:
    """What a phone's receiver would report standing there."""
    return {
        "lat": round(place[0], 7),
        "lon": round(place[1], 7),
        "crs": crs,
        "accuracy_m": accuracy_m,
        "age_ms": 400,
        "provider": "fused",
        "is_mock": False,
    }


def metres_north(place: Place, metres: float) -> Place:
    """Walk north; a degree of latitude is 111,195 m."""
    return place[0] + metres / 111_195, place[1]


def main() -> None:
    url = os.environ.get("PUBLIC_URL") or f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    tag = demo.first_tags(1)[0]
    try:
        _scene(url, tag)
    except (urllib.error.URLError, OSError) as error:
        sys.exit(f"Nothing answers at {url} ({error}). Start it with `make run` first.")


def _scene(url: str, tag: str) -> None:
    say(f"A passer-by, without any account, reads the tag {tag} on a house.")
    face = Phone(url).post("/scans", {"code": tag})
    show(face["subject"]["address"], f"what one may do: {', '.join(face['next'])}")
    lin = Phone(url)
    say("Lin, collector, signs in and enrols her phone.")
    lin.sign_in("lin", demo.PASSWORD)
    lin.enrol()
    say(f"At home, she has a photo of the tag {tag}. She scans it there.")
    door = _door(lin, tag)
    refused = lin.scan(tag, fix_at(metres_north(door, 2_000)))
    show(refused["code"], refused["detail"])
    say("She walks to the building and scans the tag on its wall.")
    visit = lin.scan(tag, fix_at(door))
    code = visit["building"]["code"]
    show(visit["state"], visit["presence"], visit["building"]["address"])
    sheet = lin.look(code)
    people = [person for room in sheet["rooms"] for person in room["residents"]]
    show(
        f"visible: {sheet['visible']}",
        f"{len(sheet['rooms'])} rooms, {len(people)} residents, "
        f"{len(sheet['businesses'])} businesses, {len(sheet['events'])} events",
    )
    for room in sheet["rooms"][:3]:
        names = ", ".join(f"{one['name']} {one['id_number']}" for one in room["residents"])
        show(f"room {room['number']}", names or "-")
    say("She stays: a beat every 30 seconds renews the lease.")
    show(lin.beat(fix_at(metres_north(door, 5)))["state"])
    say("She walks away, 400 m up the street.")
    outside = lin.beat(fix_at(metres_north(door, 400)))
    show(outside["state"], f"lease: {outside['lease']}")
    sheet = lin.look(code)
    people = [person for room in sheet["rooms"] for person in room["residents"]]
    show(f"visible: {sheet['visible']}", f"residents: {people}", f"counts: {sheet['counts']}")
    say("Two more beats from there close the visit; a new scan is needed.")
    lin.beat(fix_at(metres_north(door, 500)))
    closed = lin.beat(fix_at(metres_north(door, 600)))
    show(closed["state"], closed["reason"], f"wipe: {closed['wipe']}")
    _others(url, tag, door, code)


def _others(url: str, tag: str, door: Place, code: str) -> None:
    an = Phone(url)
    say("An, safety officer, scans the same tag: her role sees people masked.")
    an.sign_in("an", demo.PASSWORD)
    an.enrol()
    an.scan(tag, fix_at(door))
    for room in an.look(code)["rooms"][:2]:
        names = ", ".join(f"{one['name']} {one['id_number']}" for one in room["residents"])
        show(f"room {room['number']}", names or "-")
    an.post(f"/visits/{an.visit['id']}/end", {})
    han = Phone(url)
    say("Han, who may see nothing, tries.")
    han.sign_in("han", demo.PASSWORD)
    refused = han.look(code)
    show(refused["code"], refused["detail"])
    shen = Phone(url)
    say("Shen, auditor, reads the trail: everything above is on it.")
    shen.sign_in("shen", demo.PASSWORD)
    for line in shen.call("GET", "/trail?limit=8")["items"]:
        show(line["at"][11:19], line["account"], line["verb"], line["outcome"])


def _door(phone: Phone, tag: str) -> Place:
    """Where the demo's first building stands, from the public demo data."""
    path = demo.TOWN / "buildings.geojson"
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        if feature["properties"]["tag"] == tag:
            ring = feature["geometry"]["coordinates"][0][:-1]
            return math.fsum(p[1] for p in ring) / len(ring), math.fsum(p[0] for p in ring) / len(
                ring
            )
    raise SystemExit(f"The demo town has no tag {tag}.")


def say(sentence: str) -> None:
    print(f"\n{sentence}")  # noqa: T201 - this is a program for reading.
    time.sleep(0.1)


def show(*parts: object) -> None:
    print("   ", *parts, sep="  ")  # noqa: T201


if __name__ == "__main__":
    main()
