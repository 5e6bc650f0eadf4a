"""What may be wrong with this installation, one line a check, and what to do about it."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import peewee

from backend import clock
from backend.db import database, from_ms, is_sqlite
from backend.house import house
from backend.models import Resident, TrailLine
from backend.services import cases, messages, migrations, outgoing
from backend.services.photos import examining
from backend.vault import Broken

LEAST_FREE_MB = 500
CLOCK_AHEAD_S = 120
SAMPLE = 50
LONGEST_UNSENT_S = 600
LONGEST_WAIT_S = 60


@dataclass(frozen=True)
class Finding:
    """One check. `advice` says what to do, "" if all is well."""

    check: str
    state: str
    advice: str = ""

    @property
    def is_well(self) -> bool:
        return not self.advice

    def __str__(self) -> str:
        mark, tail = ("ok", "") if self.is_well else ("!!", f" -> {self.advice}")
        return f"{mark}  {self.check}: {self.state}{tail}"


def examine() -> Iterator[Finding]:
    """Every check in order; later ones need the earlier, so the first refusal ends it."""
    yield from _settings()
    reachable = _database()
    yield reachable
    if not reachable.is_well:
        return
    tables = _tables()
    yield tables
    if not tables.is_well:
        return
    for check in _CHECKS:
        yield check()


def _settings() -> Iterator[Finding]:
    settings = house().settings
    yield Finding("settings", "demo, generated secrets" if settings.DEMO else "given, complete")
    if settings.DEMO and settings.HOST not in ("127.0.0.1", "::1", "localhost"):
        yield Finding("demo", f"listens on {settings.HOST}", "unset DEMO or set HOST=127.0.0.1")


def _database() -> Finding:
    name = "SQLite" if is_sqlite() else "PostgreSQL"
    try:
        version = database.execute_sql(
            "SELECT sqlite_version()" if is_sqlite() else "SHOW server_version"
        ).fetchone()[0]
    except peewee.PeeweeException as error:
        return Finding("database", f"{name} does not answer ({error})", "check DATABASE_URL")
    return Finding("database", f"{name} {version}")


def _tables() -> Finding:
    pending = migrations.pending()
    if pending:
        return Finding("tables", f"{len(pending)} steps behind", "run python -m backend migrate")
    drift = migrations.drift().replace("\n", ", ")
    if drift:
        return Finding("tables", f"differ from the code: {drift}", "restore a backup or migrate")
    return Finding("tables", "up to date")


def _clock() -> Finding:
    """Neither the server nor our own last line may be ahead of us."""
    now = clock.now()
    last = TrailLine.select(peewee.fn.MAX(TrailLine.at)).scalar(as_tuple=True)[0]
    ahead = (last_at(last) - now).total_seconds() if last is not None else 0.0
    if not is_sqlite():
        server = database.execute_sql("SELECT now()").fetchone()[0]
        ahead = max(ahead, abs((server - now).total_seconds()))
    if ahead > CLOCK_AHEAD_S:
        return Finding("clock", f"{ahead:.0f} s off", "set the clock, by NTP if you can")
    return Finding("clock", now.isoformat(timespec="seconds"))


def last_at(value: Any) -> Any:
    return from_ms(value) if isinstance(value, int) else value


def _disk() -> Finding:
    folder = _folder()
    free = shutil.disk_usage(folder).free // 2**20
    if free < LEAST_FREE_MB:
        return Finding("disk", f"{free} MB free in {folder}", f"free {LEAST_FREE_MB} MB or more")
    return Finding("disk", f"{free:,} MB free in {folder}")


def _privacy() -> Finding:
    """The database is for its owner alone."""
    if not is_sqlite():
        return Finding("privacy", "the server's own affair")
    path = _sqlite_path()
    mode = path.stat().st_mode & 0o077
    if mode & 0o007:
        return Finding("privacy", "everybody may read the database", f"chmod 600 {path}")
    return Finding("privacy", f"{path.name} is closed to others")


def _checkpoints() -> Finding:
    path = Path(house().settings.CHECKPOINTS)
    folder = path if path.exists() else path.parent
    if folder.exists() and not os.access(folder, os.W_OK):
        return Finding("checkpoints", f"{path} cannot be written", "let this user write there")
    return Finding("checkpoints", str(path))


def _keys() -> Finding:
    """A sample of what is sealed must open."""
    vault = house().vault
    rows: Any = Resident.select(Resident.id, Resident.sealed).limit(SAMPLE).tuples()
    seen = former = 0
    for number, sealed in rows:
        seen += 1
        former += not vault.is_current(bytes(sealed))
        try:
            vault.open(b"resident:%d" % number, bytes(sealed))
        except Broken:
            return Finding(
                "keys",
                f"a sealed row (key {sealed[0]}) does not open",
                "put the DATA_KEYS back that were used before",
            )
    if former:
        return Finding("keys", "some rows are under a former key", "run rotate-keys")
    return Finding("keys", f"{seen} sealed rows of a sample open")


def _collation() -> Finding:
    if is_sqlite():
        return Finding("collation", "binary")
    name = database.execute_sql(
        "SELECT datcollate FROM pg_database WHERE datname = current_database()"
    ).fetchone()[0]
    if name not in ("C", "POSIX", "C.UTF-8", "C.utf8"):
        return Finding(
            "collation",
            f"{name}: addresses are found slowly",
            "create the database with LC_COLLATE 'C'",
        )
    return Finding("collation", str(name))


def _cases() -> Finding:
    """The newest cases must be as they were written; `verify-trail` looks at all."""
    proof = cases.prove(newest=SAMPLE)
    if proof.first_bad is not None:
        return Finding("cases", proof.first_bad, "run verify-trail; compare with a backup")
    return Finding("cases", f"{proof.cases} of a sample are as they were written")


def _photos() -> Finding:
    return Finding("photos", *examining.store())


def _decoder() -> Finding:
    return Finding("decoder", *examining.decoder())


def _copies() -> Finding:
    return Finding("copies", *examining.keeper())


def _rules() -> Finding:
    """Every line of the duty list can be followed, and somebody has what none of them places."""
    broken = [f"{one.rule} ({one.reason})" for one in cases.duty_list.faults()]
    if broken:
        more = f" and {len(broken) - 5} more" if len(broken) > 5 else ""
        said = f"{', '.join(broken[:5])}{more}"
        return Finding("duty list", said, "mend these lines; see duty-list faults")
    waiting = cases.waiting_figures()
    if waiting["seconds"] > LONGEST_WAIT_S:
        said = f"{waiting['cases']} cases wait, one for {waiting['seconds']} s"
        return Finding("duty list", said, "run the keeper: python -m backend worker")
    return Finding("duty list", "every line can be followed")


def _outboxes() -> Finding:
    """What reporters and units are to be told goes out."""
    told, units = messages.standing(), outgoing.standing()
    longest = max(told["oldest_s"], units["oldest_s"])
    said = f"{told['unsent']:.0f} to reporters and {units['unsent']:.0f} to units wait"
    if units["given_up"]:
        said += f", {units['given_up']:.0f} to units were given up"
        return Finding("messages", said, "see /desk/outbox, and what those units' addresses say")
    if longest > LONGEST_UNSENT_S:
        said += f", one for {longest:.0f} s"
        return Finding("messages", said, "run the keeper: python -m backend worker; see its log")
    return Finding("messages", said)


_CHECKS: tuple[Callable[[], Finding], ...] = (
    _clock,
    _disk,
    _privacy,
    _checkpoints,
    _keys,
    _cases,
    _photos,
    _decoder,
    _copies,
    _collation,
    _rules,
    _outboxes,
)


def _sqlite_path() -> Path:
    return Path(house().settings.DATABASE_URL.removeprefix("sqlite:///"))


def _folder() -> Path:
    path = _sqlite_path() if is_sqlite() else Path(house().settings.CHECKPOINTS)
    folder = path.parent
    while not folder.exists():
        folder = folder.parent
    return folder
