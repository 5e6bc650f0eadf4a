"""Somebody with the whole database in hand changes the trail, and the check says where.

The intruder knows everything but the house's secrets: reads the code, writes any table, makes
seals anew. What they cannot do is write into the checkpoint file, which lies elsewhere.
"""

import json
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from backend.actor import Actor
from backend.config import Settings
from backend.db import database, writing
from backend.models import TABLES
from backend.services import trail, trail_proof
from backend.start import start
from tests.property.intruder import (
    BATCH,
    LINES,
    SIGNED_EVERY,
    UNSEALED,
    WAYS,
    Intruder,
)

LIN = Actor(1, "lin", "林小梅", session_id="5" * 32, device_id="d" * 32, roles=("collector",))


def settings(folder: Path, **changes: str) -> Settings:
    return Settings(
        **{
            "SECRET_KEY": "k" * 64,
            "DATA_KEYS": "1:" + "11" * 32,
            "INDEX_KEYS": "1:" + "22" * 32,
            "TAG_KEYS": "1:" + "33" * 32,
            "DATABASE_URL": f"sqlite:///{folder}/trail.db",
            "CHECKPOINTS": str(folder / "checkpoints.jsonl"),
            **changes,
        }
    )


def look(number: int) -> None:
    """One line, different from all others."""
    trail.write(
        LIN,
        "building.look",
        visit_id=f"{number:032x}",
        building_id=4000 + number % 7,
        area_path="4403/440304/440304004/440304004028/440304004028001",
        place=(22.5215 + number / 100_000, 114.062),
        subjects=range(number << 20, (number << 20) + 3),
        fields=["resident.name", "resident.phone"],
        facts={"residents": number},
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a trail as the house left it: sealed, signed, and a few lines still open."""
    folder = tmp_path_factory.mktemp("written")
    start(settings(folder))
    database.create_tables(TABLES)
    for number in range(1, LINES + UNSEALED + 1):
        look(number)
        if number <= LINES and number % BATCH == 0:
            assert trail_proof.seal() == BATCH
        if number <= LINES and number % (BATCH * SIGNED_EVERY) == 0:
            assert trail_proof.checkpoint()
    database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return folder


@pytest.fixture
def copy(written: Path, tmp_path: Path) -> Iterator[Path]:
    """The same, for one test to spoil."""
    for name in ("trail.db", "checkpoints.jsonl"):
        shutil.copyfile(written / name, tmp_path / name)
    yield tmp_path
    database.close()


def check(folder: Path, **changes: str) -> trail_proof.Report:
    start(settings(folder, **changes))
    return trail_proof.verify()


# --- Whatever is done ------------------------------------------------------------------------


def is_located(folder: Path, seed: int) -> None:
    way = WAYS[seed % len(WAYS)]
    with closing(sqlite3.connect(folder / "trail.db")) as base:
        line = way(Intruder(base, random.Random(seed)))
        base.commit()
    report = check(folder)
    assert report.first_bad is not None, f"{way.__name__} at line {line} went unnoticed"
    assert report.bad_lines is not None
    first, last = report.bad_lines
    assert first <= line <= last, f"{way.__name__} at line {line}: {report.first_bad}"
    assert last - first < BATCH * SIGNED_EVERY or "missing at the end" in report.first_bad


@pytest.mark.parametrize("seed", range(4 * len(WAYS)))
def test_whatever_is_done_to_the_trail_is_located(copy: Path, seed: int) -> None:
    is_located(copy, seed)


@pytest.mark.proof
def test_a_thousand_tamperings_are_located(written: Path, tmp_path: Path) -> None:
    for seed in range(1_000):
        for name in ("trail.db", "checkpoints.jsonl"):
            shutil.copyfile(written / name, tmp_path / name)
        is_located(tmp_path, seed)
        database.close()


# --- The ordinary day ------------------------------------------------------------------------


def test_a_trail_as_it_was_left_is_whole(copy: Path) -> None:
    assert check(copy) == trail_proof.Report(
        lines=LINES + UNSEALED,
        batches=LINES // BATCH,
        checkpoints=LINES // BATCH // SIGNED_EVERY,
        unsealed=UNSEALED,
        first_bad=None,
    )


def test_lines_of_a_former_secret_are_still_proven(copy: Path) -> None:
    new = {"SECRET_KEY": "n" * 64, "SECRET_KEYS_BEFORE": "k" * 64}
    start(settings(copy, **new))
    look(1)
    trail_proof.seal()
    assert trail_proof.checkpoint()
    report = trail_proof.verify()
    assert (report.first_bad, report.unsealed) == (None, 0)
    assert report.checkpoints == LINES // BATCH // SIGNED_EVERY + 1


def test_without_the_former_secret_nothing_is_proven(copy: Path) -> None:
    report = check(copy, SECRET_KEY="n" * 64)
    assert report.bad_lines == (1, 1)


@pytest.mark.parametrize(
    ("done", "words"),
    [
        ("DELETE FROM trail_line WHERE id = 42", "line 42 is missing"),
        ("UPDATE trail_line SET at = 7 WHERE id = 42", "line 42 was changed"),
        ("UPDATE trail_line SET id = -5 WHERE id = 42", "line -5 was inserted"),
        ("DELETE FROM trail_batch WHERE id = 5", "batch 5 is missing"),
        ("UPDATE trail_batch SET seal = x'00' WHERE id = 5", "batch 5 does not follow batch 4"),
        ("UPDATE trail_batch SET last_line = 51 WHERE id = 5", "batch 5 was changed"),
        ("UPDATE trail_batch SET entries = x'' WHERE id = 5", "batch 5 was changed"),
        ("UPDATE trail_batch SET entries = x'00' WHERE id = 5", "batch 5 was changed"),
        ("UPDATE trail_batch SET entries = 'words' WHERE id = 5", "batch 5 was changed"),
    ],
)
def test_the_words_name_what_was_done(copy: Path, done: str, words: str) -> None:
    with closing(sqlite3.connect(copy / "trail.db")) as base:
        base.execute(done)
        base.commit()
    assert check(copy).first_bad == words


def test_a_deletion_under_new_seals_is_named_by_its_gap(copy: Path) -> None:
    with closing(sqlite3.connect(copy / "trail.db")) as base:
        base.execute("DELETE FROM trail_line WHERE id = 57")
        Intruder(base, random.Random(1)).chains_anew()
        base.commit()
    assert check(copy).first_bad == (
        "lines 41-80 were sealed anew after a checkpoint in the file; "
        "line 57 is the first that is not there"
    )


# --- The file outside ------------------------------------------------------------------------


def lines_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "checkpoints.jsonl").read_text().splitlines()]


def keep(folder: Path, lines: list[dict[str, Any]]) -> None:
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "checkpoints.jsonl").write_text(text)


def test_a_checkpoint_taken_out_of_the_file_is_missed(copy: Path) -> None:
    keep(copy, lines_of(copy)[:-1])
    assert "is missing in the file" in str(check(copy).first_bad)


def test_a_file_that_is_gone_is_missed(copy: Path) -> None:
    (copy / "checkpoints.jsonl").unlink()
    assert "is missing in the file" in str(check(copy).first_bad)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seal", "00" * 32),
        ("seal", "no digits"),
        ("signature", "00" * 64),
        ("signature", 5),
        ("signed_at", 10**30),
        ("signed_at", None),
        ("last_line", 79),
        ("batch", 7),
    ],
)
def test_a_checkpoint_changed_in_the_file_is_not_signed(
    copy: Path, name: str, value: object
) -> None:
    lines = lines_of(copy)
    lines[1][name] = value
    keep(copy, lines)
    assert "is not signed by this house" in str(check(copy).first_bad)


def test_a_line_that_a_power_cut_tore_harms_nothing(copy: Path) -> None:
    with (copy / "checkpoints.jsonl").open("a") as file:
        file.write('{"batch": 17, "last_l')
    assert check(copy).first_bad is None
    trail_proof.seal()
    assert trail_proof.checkpoint()
    assert trail_proof.verify() == trail_proof.Report(
        LINES + UNSEALED, LINES // BATCH + 1, LINES // BATCH // SIGNED_EVERY + 1, 0, None
    )


def test_a_checkpoint_whose_commit_failed_is_no_lie(copy: Path) -> None:
    """It is in the file and not in the table; the batch it signs was there before."""
    start(settings(copy))
    trail_proof.seal()
    with pytest.raises(KeyboardInterrupt):
        sign_and_break_off()
    assert trail_proof.verify().first_bad is None
    assert trail_proof.checkpoint()
    assert trail_proof.verify().first_bad is None


def sign_and_break_off() -> None:
    with writing():
        trail_proof.checkpoint()
        raise KeyboardInterrupt


# --- What is open, and for how long ----------------------------------------------------------


def test_a_line_deleted_before_its_seal_is_not_missed(copy: Path) -> None:
    """The window of SEAL_EVERY_S, said honestly."""
    with closing(sqlite3.connect(copy / "trail.db")) as base:
        base.execute("DELETE FROM trail_line WHERE id = ?", [LINES + 2])
        base.commit()
    assert check(copy).first_bad is None


def test_new_seals_over_what_is_not_signed_yet_are_not_missed(copy: Path) -> None:
    """The window of CHECKPOINT_EVERY_S, for an intruder who makes the seals anew."""
    start(settings(copy))
    trail_proof.seal()
    database.close()
    with closing(sqlite3.connect(copy / "trail.db")) as base:
        base.execute("DELETE FROM trail_line WHERE id = ?", [LINES + 2])
        Intruder(base, random.Random(1)).chains_anew()
        base.commit()
    assert check(copy).first_bad is None


def test_a_spoilt_mac_does_not_stop_the_sealing(copy: Path) -> None:
    with closing(sqlite3.connect(copy / "trail.db")) as base:
        base.execute("UPDATE trail_line SET mac = x'00' WHERE id = ?", [LINES + 2])
        base.commit()
    start(settings(copy))
    assert trail_proof.seal() == UNSEALED
    assert trail_proof.verify().first_bad == f"line {LINES + 2} was changed"


def test_a_quiet_trail_is_sealed_and_signed_once(copy: Path) -> None:
    start(settings(copy))
    assert trail_proof.seal() == UNSEALED
    assert trail_proof.seal() == 0
    assert trail_proof.checkpoint()
    assert not trail_proof.checkpoint()


def test_a_long_backlog_is_sealed_in_batches(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.services.trail_proof.sealing.MOST", 2)
    start(settings(copy))
    assert trail_proof.seal() == UNSEALED
    assert trail_proof.verify().batches == LINES // BATCH + 3
