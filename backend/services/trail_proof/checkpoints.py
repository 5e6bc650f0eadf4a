"""Checkpoints: the last seal, signed, in a file outside the database and as a copy inside.

The file is the witness: put it where those who look after the database cannot write (another
machine's mount, an append-only file), and print a line now and then. It is written and on disk
before the table is, so whatever the table holds the file must hold too.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from backend import clock, db
from backend.db import database, from_ms, to_ms, writing
from backend.house import house
from backend.models import TrailBatch, TrailCheckpoint
from backend.prepared import Prepared
from backend.rules import seals
from backend.vault import subkey

_copies = Prepared(
    lambda: TrailCheckpoint.select(
        TrailCheckpoint.batch_id,
        TrailCheckpoint.last_line,
        TrailCheckpoint.seal,
        TrailCheckpoint.signed_at,
        TrailCheckpoint.signature,
    ).order_by(TrailCheckpoint.id)
)


@dataclass(frozen=True)
class Checkpoint:
    """What was signed, in hexadecimal and milliseconds since 1970, as it stands in the file."""

    batch: int
    last_line: int
    seal: str
    signed_at: int
    signature: str

    @property
    def message(self) -> bytes:
        return seals.checkpoint_message(
            self.batch, self.last_line, bytes.fromhex(self.seal), from_ms(self.signed_at)
        )

    def is_signed(self, keys: Iterable[Ed25519PublicKey]) -> bool:
        """Whether one of these keys signed this."""
        try:
            message, signature = self.message, bytes.fromhex(self.signature)
        except (ValueError, TypeError, OverflowError):
            return False  # Somebody put something else in the place of a number or of digits.
        return any(seals.is_signed_checkpoint(key, message, signature) for key in keys)


def checkpoint() -> bool:
    """Sign the last batch; False if there is none or it was signed before."""
    with writing():
        if not db.is_sqlite():
            database.execute_sql("LOCK TABLE trail_checkpoint IN SHARE ROW EXCLUSIVE MODE")
        batch = TrailBatch.select().order_by(TrailBatch.id.desc()).first()
        if batch is None:
            return False
        last = TrailCheckpoint.select().order_by(TrailCheckpoint.id.desc()).first()
        if last is not None and (last.batch_id, last.seal) == (batch.id, batch.seal):
            return False
        signed = _signed(batch)
        _append(path(), signed)
        TrailCheckpoint.create(
            batch_id=signed.batch,
            last_line=signed.last_line,
            seal=bytes.fromhex(signed.seal),
            signed_at=signed.signed_at,
            signature=bytes.fromhex(signed.signature),
        )
    return True


def in_table() -> list[Checkpoint]:
    """The copies in the database, oldest first."""
    return [
        Checkpoint(batch, last_line, _hex(seal), signed_at, _hex(signature))
        for batch, last_line, seal, signed_at, signature in _copies()
    ]


def in_file() -> list[Checkpoint]:
    """Those in the file, oldest first; none if there is no file.

    A line that a power cut tore is passed over: it was never answered for, and where one that
    was is spoilt, the table's copy misses it.
    """
    try:
        with path().open("rb") as file:
            return list(_read(file))
    except FileNotFoundError:
        return []


def public_keys() -> list[Ed25519PublicKey]:
    """What the house signs with now, and what it signed with under the secrets before."""
    private = (subkey(secret, "checkpoint") for secret in house().settings.secret_keys)
    return [Ed25519PrivateKey.from_private_bytes(key).public_key() for key in private]


def path() -> Path:
    return Path(house().settings.CHECKPOINTS)


def _signed(batch: TrailBatch) -> Checkpoint:
    key = house().checkpoint_key
    unsigned = Checkpoint(
        batch.id, batch.last_line, bytes(batch.seal).hex(), to_ms(clock.now()), signature=""
    )
    signature = seals.sign_checkpoint(key, unsigned.message).hex()
    return Checkpoint(**{**asdict(unsigned), "signature": signature})


def _append(file: Path, signed: Checkpoint) -> None:
    """One line, on disk when this returns. Raises OSError (a full disk)."""
    key = house().checkpoint_key.public_key().public_bytes_raw().hex()
    line = orjson.dumps({**asdict(signed), "public_key": key}) + b"\n"
    file.parent.mkdir(parents=True, exist_ok=True)
    is_new = not file.exists()
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
    try:
        if _is_torn(handle):
            line = b"\n" + line
        written = os.write(handle, line)
        if written < len(line):
            raise OSError(f"only {written} of {len(line)} bytes went into {file}")
        os.fsync(handle)
    finally:
        os.close(handle)
    if is_new:
        _keep_name(file.parent)


def _is_torn(handle: int) -> bool:
    size = os.fstat(handle).st_size
    return size > 0 and os.pread(handle, 1, size - 1) != b"\n"


def _keep_name(folder: Path) -> None:
    """A new file's name survives a power cut only once its folder is on disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(lines: Iterable[bytes]) -> Iterator[Checkpoint]:
    for line in lines:
        try:
            known = orjson.loads(line)
            values = {name: known[name] for name in Checkpoint.__annotations__}
        except (ValueError, KeyError, TypeError):
            continue
        if type(values["batch"]) is int and type(values["last_line"]) is int:
            yield Checkpoint(**values)


def _hex(value: object) -> str:
    """What somebody put in the place of bytes is no seal, but must not stop the check."""
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else ""
