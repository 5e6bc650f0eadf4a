"""New keys for old, while people go on working; and what the house's doctor says."""

import hmac
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend import sandbox
from backend.db import database, is_sqlite
from backend.house import house
from backend.models import Business, Event, Photo, Resident, TrailLine
from backend.services import doctor, migrations, photos, rotation
from backend.services.photos import storing
from backend.start import start
from backend.vault import Broken, Vault
from tests import town
from tests.api.matrix.places import snapshot
from tests.services.cast import actor

pytestmark = pytest.mark.usefixtures("opened")

NEW = {"DATA_KEYS": f"2:{'33' * 32}", "INDEX_KEYS": f"7:{'44' * 32}"}
BOTH = {name: f"{NEW[name]},{town.KEYS[name]}" for name in NEW}


def people() -> dict[str, list[str | None]]:
    return {
        row.key: house().vault.open(b"resident:%d" % row.id, bytes(row.sealed))
        for row in Resident.select()
    }


def reopen(url: str, **keys: str) -> None:
    database.close()
    start(town.settings(url, **keys))


def test_everything_opens_with_the_new_key_alone(url):
    before = people()
    reopen(url, **BOTH)
    outcomes = rotation.rotate()
    assert outcomes["resident"].resealed == outcomes["resident"].rows == len(before)
    assert outcomes["business"].resealed == Business.select().count() > 0
    assert outcomes["event"].resealed == Event.select().count() > 0
    assert sum(each.broken for each in outcomes.values()) == 0
    reopen(url, **NEW)
    assert people() == before
    line = TrailLine.select().where(TrailLine.verb == "keys.rotate").get()
    assert line.account == "system"


def test_people_are_found_before_during_and_after(url):
    row = Resident.select().where(Resident.id_index.is_null(False)).first()
    number = people()[row.key][1]

    def is_found() -> bool:
        indexes = house().vault.indexes("id_number", number)
        return Resident.select().where(Resident.id_index.in_(indexes)).exists()

    assert is_found()
    reopen(url, **BOTH)
    assert is_found()
    rotation.rotate()
    assert is_found()
    reopen(url, **NEW)
    assert is_found()


def test_a_second_run_finds_nothing_to_do(url):
    reopen(url, **BOTH)
    rotation.rotate()
    versions = [bytes(row.sealed) for row in Resident.select().order_by(Resident.id)]
    again = rotation.rotate()
    assert sum(each.resealed for each in again.values()) == 0
    assert versions == [bytes(row.sealed) for row in Resident.select().order_by(Resident.id)]


def test_an_interrupted_run_is_readable_and_can_be_finished(url, monkeypatch):
    monkeypatch.setattr(rotation, "CHUNK", 10)
    before = people()
    reopen(url, **BOTH)

    def interrupt(name: str, done: int, rows: int) -> None:
        if done >= 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(interrupt)
    current = [house().vault.is_current(bytes(row.sealed)) for row in Resident.select()]
    assert 30 <= sum(current) < len(current)
    assert people() == before
    outcomes = rotation.rotate()
    assert outcomes["resident"].resealed == len(current) - sum(current)
    reopen(url, **NEW)
    assert people() == before


def test_a_new_index_key_alone_is_enough_to_index_again(url):
    reopen(url, INDEX_KEYS=BOTH["INDEX_KEYS"])
    outcomes = rotation.rotate()
    assert outcomes["resident"].resealed > 0
    assert outcomes["business"].resealed == 0


def test_a_row_that_no_key_opens_is_counted_and_left(url):
    reopen(url, **BOTH)
    row = Resident.select().order_by(Resident.id).first()
    Resident.update(sealed=b"\x01broken").where(Resident.id == row.id).execute()
    outcomes = rotation.rotate()
    assert outcomes["resident"].broken == 1
    assert bytes(Resident.get_by_id(row.id).sealed) == b"\x01broken"


def test_without_the_former_key_nothing_opens(url):
    reopen(url, **NEW)
    with pytest.raises(Broken):
        people()
    assert rotation.rotate()["resident"].broken == Resident.select().count()


@given(secret=st.binary(min_size=32, max_size=32), value=st.text(max_size=200))
def test_the_blind_index_is_hmac_sha256(secret, value):
    vault = Vault([(1, bytes(32))], [(9, secret)])
    text = value.encode("utf-8", "surrogatepass")
    if text != value.encode("utf-8", "replace"):
        return
    expected = hmac.digest(secret, b"phone:" + text, "sha256")[:16]
    assert vault.index("phone", value) == b"\x09" + expected


# --- The doctor ---------------------------------------------------------------------------


def examined() -> dict[str, doctor.Finding]:
    return {finding.check: finding for finding in doctor.examine()}


def test_a_healthy_house(url):
    if is_sqlite():
        Path(url.removeprefix("sqlite:///")).chmod(0o600)
    found = examined()
    ill = [str(finding) for finding in found.values() if not finding.is_well]
    assert not [line for line in ill if not line.startswith("!!  collation")]
    assert set(found) == {
        "settings",
        "database",
        "tables",
        "clock",
        "disk",
        "privacy",
        "checkpoints",
        "keys",
        "photos",
        "decoder",
        "copies",
        "collation",
        "cases",
        "duty list",
        "messages",
    }


def test_rows_under_a_former_key_want_a_rotation(url):
    reopen(url, **BOTH)
    assert examined()["keys"].advice == "run rotate-keys"


def test_rows_that_do_not_open_want_their_key_back(url):
    reopen(url, **NEW)
    assert "put the DATA_KEYS back" in examined()["keys"].advice


def test_a_clock_that_runs_behind_the_trail(url):
    TrailLine.update(at=4_102_444_800_000).where(
        TrailLine.id == TrailLine.select().order_by(TrailLine.id).first().id
    ).execute()
    assert "set the clock" in examined()["clock"].advice


def test_a_full_disk(monkeypatch):
    monkeypatch.setattr(doctor, "LEAST_FREE_MB", 2**40)
    assert "free" in examined()["disk"].advice


def test_pending_migrations_end_the_examination(monkeypatch):
    monkeypatch.setattr(migrations, "pending", lambda: ["0002_later"])
    found = examined()
    assert "python -m backend migrate" in found["tables"].advice
    assert "keys" not in found


def test_tables_that_differ_from_the_code():
    database.execute_sql("ALTER TABLE tag DROP COLUMN kind")
    assert "add column tag.kind" in examined()["tables"].state


def test_a_demo_that_listens_to_the_world(url):
    database.close()
    start(town.settings(url, HOST="0.0.0.0"))
    assert examined()["demo"].advice


def test_a_database_open_to_all(url):
    if not is_sqlite():
        assert examined()["privacy"].is_well
        return
    Path(url.removeprefix("sqlite:///")).chmod(0o644)
    assert "chmod 600" in examined()["privacy"].advice


def test_photos_open_with_the_new_key_alone(url, tmp_path):
    place = {"PHOTOS": str(tmp_path / "photos")}
    reopen(url, **place)
    kept = photos.keep(snapshot(), by=actor("lin"))
    photos.use(kept["id"], "4403/440304/440304004", by=actor("lin"))
    photos.receive(snapshot(), by=None)
    plain = tmp_path / "photos" / "ab" / f"ab{'0' * 62}.jpg"
    plain.parent.mkdir(parents=True, exist_ok=True)
    plain.write_bytes(snapshot())
    Photo.create(id="f" * 32, sha256=plain.stem, size=1, account_id=0, taken_at=1, area_path="4403")
    reopen(url, **BOTH, **place)
    outcome = rotation.rotate()["photo"]
    assert (outcome.rows, outcome.resealed, outcome.broken) == (4, 4, 0)
    assert rotation.rotate()["photo"].resealed == 0
    reopen(url, **NEW, **place)
    assert photos.original(kept["id"], by=actor("du"))[0] == snapshot()
    assert photos.show(kept["id"], by=actor("lin"))
    assert photos.make_copies() == 1, "of the one that waited"
    row = Photo.get_by_id("f" * 32)
    assert row.copy is not None
    assert storing.store().get(row.copy) != snapshot(), "what lay open is sealed"


def test_it_says_when_photos_are_missing_or_wait(url, tmp_path, monkeypatch):
    folder = tmp_path / "photos"
    reopen(url, PHOTOS=str(folder))
    photos.receive(snapshot(), by=None)
    found = examined()
    assert [found[check].is_well for check in ("photos", "decoder", "copies")] == [True] * 3
    Photo.update(taken_at=1).execute()
    assert "1 wait" in examined()["copies"].state
    next(file for file in folder.rglob("*") if file.is_file()).unlink()
    assert "is missing" in examined()["photos"].state
    monkeypatch.setattr(sandbox, "run", mock.Mock(side_effect=sandbox.Failed("died")))
    assert "does not work" in examined()["decoder"].state
