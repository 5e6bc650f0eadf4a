"""The cast and the houses of every test, by name.

Lin collects in the first grid; An sees to safety; Chen heads building 1; Officer Zhao polices
Shuiwei; Fen dispatches, Mei manages buildings, Du supervises, Shen audits, Guan administers,
and Han may see nothing. The town is a part of the demo town: its first buildings in grid 1 and
grid 2, with everybody and everything in them.
"""

import csv
import json
import math
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend import clock, load
from backend.config import DEMO_TAG_KEYS, Settings
from backend.db import database
from backend.services import migrations
from backend.start import start
from mobile_api.walk import fix_at
from tests import databases

FIXTURES = Path(__file__).parent.parent / "fixtures"
TOWN = FIXTURES / "town"
MONDAY = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)  # Nine in the morning in Shenzhen.
PASSWORD = "shuiwei"
API = "/api/v1"

KEYS = {
    "SECRET_KEY": "k" * 64,
    "DATA_KEYS": "1:" + "11" * 32,
    "INDEX_KEYS": "1:" + "22" * 32,
    "TAG_KEYS": DEMO_TAG_KEYS,
    "DEMO": True,
    "LOG_LEVEL": "WARNING",
}


def settings(url: str, **changes: Any) -> Settings:
    """The settings of a test house at `url`."""
    photos = str(databases.run_folder() / "photos")
    messages = str(databases.run_folder() / "messages.jsonl")
    known = {**KEYS, "DATABASE_URL": url, "PHOTOS": photos, "MESSAGES": messages}
    return Settings(**{**known, **changes})


# One of every kind, all of them at building 1 and with a tag.
FACILITIES = ("SW-L001", "SW-C001", "SW-B001", "SW-N001", "SW-H001")

# --- The houses --------------------------------------------------------------------------


class House:
    """A building of the town: `code`, `tag` on its wall, `door` (lat, lon), other `tags`."""

    def __init__(self, feature: dict[str, Any]) -> None:
        known = feature["properties"]
        ring = feature["geometry"]["coordinates"][0][:-1]
        self.code: str = known["code"]
        self.tag: str = known["tag"]
        self.area: str = known["area"]
        self.door = (
            math.fsum(point[1] for point in ring) / len(ring),
            math.fsum(point[0] for point in ring) / len(ring),
        )

    @property
    def other_tags(self) -> list[str]:
        found = [row for row in rows("tags.csv") if row["building"] == self.code]
        return [row["tag"] for row in found if row["tag"] != self.tag]


def rows(name: str) -> list[dict[str, str]]:
    with (TOWN / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@cache
def houses() -> tuple[House, ...]:
    """The houses of the small town: six of Lin's grid, then three of the next one."""
    with (TOWN / "buildings.geojson").open(encoding="utf-8") as file:
        found = [House(feature) for feature in json.load(file)["features"]]
    mine = [house for house in found if house.area == found[0].area][:6]
    theirs = [house for house in found if house.area not in ("", found[0].area)][:3]
    return (*mine, *theirs)


def of_house(house: House, name: str = "residents.csv") -> list[dict[str, str]]:
    """The rows of a file of the demo town that belong to a house."""
    return [row for row in rows(name) if row["building"] == house.code]


def build(url: str) -> None:
    """Fill an empty database: tables, then the small town through the real imports."""
    with mock.patch.object(clock, "now", return_value=MONDAY - timedelta(days=1)):
        _fill(url)


def _fill(url: str) -> None:
    start(settings(url))
    migrations.migrate()
    known = {house.code for house in houses()}
    folder = Path(url.removeprefix("sqlite:///")).parent if url.startswith("sqlite") else None
    with _part_of_town(known, folder) as files:
        for kind, path in load.FILES:
            load.import_one(kind, files.get(path.name, path))
    database.close()


class _part_of_town:  # noqa: N801 - reads as the phrase it is.
    """The demo town's files cut down to the known buildings, in a folder that goes away."""

    def __init__(self, known: set[str], folder: Path | None) -> None:
        import tempfile

        self.known = known
        self.folder = tempfile.TemporaryDirectory(dir=folder)

    def __enter__(self) -> dict[str, Path]:
        place, files = Path(self.folder.name), {}
        for _, path in load.FILES:
            if path.parent != TOWN or path.suffix not in (".csv", ".geojson"):
                continue
            files[path.name] = place / path.name
            cut = self._features if path.suffix == ".geojson" else self._rows
            cut(path, files[path.name])
        return files

    def __exit__(self, *_: object) -> None:
        self.folder.cleanup()

    def _features(self, source: Path, target: Path) -> None:
        found = json.loads(source.read_text(encoding="utf-8"))
        found["features"] = [
            one for one in found["features"] if one["properties"]["code"] in self.known
        ]
        target.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")

    def _rows(self, source: Path, target: Path) -> None:
        with source.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = list(reader.fieldnames or ())
            kept = [row for row in reader if self._is_known(row)]
        with target.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(kept)

    def _is_known(self, row: dict[str, str]) -> bool:
        number = row.get("facility") or row.get("number", "")
        if number.startswith("SW-"):
            return number in FACILITIES
        if "building" in row:
            return row["building"] in self.known
        code = row.get("code", "")  # addresses.csv names buildings and rooms; areas.csv areas.
        return len(code) < 19 or code[:19] in self.known


# --- The clock ---------------------------------------------------------------------------


class Clock:
    """The house's clock, stopped at nine on a Monday; it passes when a story says so."""

    def __init__(self) -> None:
        self.at = MONDAY

    def __call__(self) -> datetime:
        return self.at

    def passes(self, **how_long: float) -> None:
        self.at += timedelta(**how_long)


# --- The cast ----------------------------------------------------------------------------


class Worker:
    """Somebody with a phone, speaking HTTP. Answers are (status, body)."""

    def __init__(self, client: FlaskClient, name: str) -> None:
        self.client, self.name = client, name
        self.token = ""
        self.refresh = ""
        self.device: dict[str, str] = {}
        self.visit: dict[str, Any] = {}
        self.seq = 0

    def signs_in(self, password: str = PASSWORD) -> "Worker":
        answer = self.asks("POST", "/sessions", {"account": self.name, "password": password})
        assert answer.status_code == 201, answer.get_data(as_text=True)
        self.token, self.refresh = answer.json["access_token"], answer.json["refresh_token"]
        return self

    def enrols(self) -> "Worker":
        answer = self.asks("POST", "/devices", {"name": f"{self.name}'s phone"})
        assert answer.status_code == 201
        self.device = answer.json
        return self

    def scans(
        self, house: House, fix: dict[str, Any] | None = None, **changes: Any
    ) -> TestResponse:
        """Scan the plate of a house, standing at its door unless told otherwise."""
        nonce = self.asks("POST", "/visits/challenges", {}).json
        form = {
            "nonce": (nonce or {}).get("nonce", "none"),
            "tag": house.tag,
            "fix": fix or fix_at(house.door),
            "device_id": self.device.get("device_id", "0" * 32),
            "device_time": clock.now().isoformat(),
            **changes,
        }
        return self.sends_visit(form)

    def sends_visit(self, form: dict[str, Any]) -> TestResponse:
        answer = self.asks("POST", "/visits", self.signed(form))
        if answer.status_code == 201:
            self.visit, self.seq = answer.json, 0
        return answer

    def beats(self, fix: dict[str, Any] | None = None, **changes: Any) -> TestResponse:
        """Prove again to be there; `tag=` instead of a fix scans another tag."""
        self.seq += 1
        form: dict[str, Any] = {"seq": self.seq, **({"fix": fix} if fix else {}), **changes}
        answer = self.asks("POST", f"/visits/{self.visit['id']}/beats", self.signed(form))
        if answer.status_code == 200:
            self.visit = answer.json
        return answer

    def leaves(self) -> TestResponse:
        return self.asks("POST", f"/visits/{self.visit['id']}/end")

    def looks(self, house: House, part: str = "", **more: Any) -> TestResponse:
        """The sheet of a house, or a part of it, with the lease in hand."""
        return self.asks("GET", f"/buildings/{house.code}{part}", lease=self.lease, **more)

    @property
    def lease(self) -> str | None:
        return (self.visit.get("lease") or {}).get("token")

    def asks(
        self,
        method: str,
        path: str,
        form: Any = None,
        *,
        lease: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> TestResponse:
        """One request as this worker's phone makes it."""
        head = dict(headers or {})
        if self.token:
            head.setdefault("Authorization", f"Bearer {self.token}")
        if lease is not None:
            head["Visit-Lease"] = lease
        return self.client.open(API + path, method=method, json=form, headers=head)

    def signed(self, form: dict[str, Any], secret: str | None = None) -> dict[str, Any]:
        from backend.rules import signing

        raw = json.dumps(form).encode()
        key = secret if secret is not None else self.device.get("secret", "none")
        return {**form, "sig": signing.sign(key, raw)}


def people_of(sheet: dict[str, Any]) -> list[dict[str, Any]]:
    """Everybody on a building's sheet."""
    return [person for room in sheet["rooms"] for person in room["residents"]]
