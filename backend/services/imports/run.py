"""One import from beginning to end: look, check everything, load all or nothing, say so.

Checking happens outside any write transaction, so a bad file disturbs nobody; loading is one
write transaction, and checks again, because the town may have changed in between.
"""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from backend import verbs
from backend.actor import Actor
from backend.db import reading
from backend.errors import ImportFailed, Refused
from backend.services import scope, trail
from backend.services.imports import bulk
from backend.services.imports.files import Source, Unreadable, look_at
from backend.services.imports.findings import Findings, Report, Tally
from backend.services.imports.kind import Kind, Options

Progress = Callable[[float, int], None]
"""Called with the share done (0 to 1) and the rows read in this pass."""


def silent(share: float, rows: int) -> None:
    """Progress for nobody."""


def run(
    kind: type[Kind],
    path: Path,
    options: Options,
    *,
    dry_run: bool = False,
    progress: Progress = silent,
    by: Actor,
) -> Report:
    """Import a file. A report with errors means that nothing was loaded.

    Whoever may do it is decided by the verb `import.<kind>`; errors in the file leave a line
    on the trail as a refusal does, a dry run leaves none.
    """
    _check_permit(by, f"import.{kind.name}", is_citywide=kind.is_citywide)
    with _without_collector():
        return _run(kind, path, options, dry_run, progress, by)


def _run(
    kind: type[Kind],
    path: Path,
    options: Options,
    dry_run: bool,
    progress: Progress,
    by: Actor,
) -> Report:
    findings, tally = Findings(), Tally()
    work: Kind | None = None
    source: Source | None = None
    is_kept = False
    try:
        source = look_at(path, findings, takes_workbooks=kind.takes_workbooks)
        with kind.unpacked(source, options) as text:
            with reading():
                work = kind(options, findings, by, writing=False)
                kept = _Kept(enabled=kind.is_kept)
                tally = _read(work, text, kept, lambda share, rows: progress(share / 2, rows))
            if not findings.count and not dry_run:
                # What there is to note has been noted; only new errors count now.
                work = kind(options, Findings(), by, writing=True)
                load = LOADERS[kind.name]
                tally = load(
                    work, text, kept, lambda share, rows: progress(0.5 + share / 2, rows), by=by
                )
    except (Unreadable, bulk.TooMany) as fault:
        findings.add(None, None, str(fault))
    except ImportFailed:
        # The town changed since it was checked. The verb has kept the refusal.
        is_kept = True
        findings = work.findings if work else findings
    if findings.count:
        tally = Tally()
        if not (dry_run or is_kept):
            refusal = ImportFailed(count=findings.count, sha256=source and source.sha256)
            trail.write_refusal(by, f"import.{kind.name}", refusal)
    return Report(
        kind=kind.name,
        file=path.name,
        sha256=source.sha256 if source else "",
        dry_run=dry_run,
        rows=work.rows if work else 0,
        added=tally.added,
        changed=tally.changed,
        unchanged=tally.unchanged,
        errors=findings.count,
        listed=findings.listed,
        notices=findings.notices,
        passwords=work.passwords if work and not findings.count and not dry_run else {},
    )


@contextmanager
def _without_collector() -> Iterator[None]:
    """Rows hold no cycles; looking for some among millions of them takes a tenth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _check_permit(by: Actor, name: str, *, is_citywide: bool) -> None:
    """Most imports may touch any place, so they take a role given for the whole city."""
    try:
        verbs.check(by, name)
        if is_citywide:
            scope.check_city(by, name)
    except Refused as refusal:
        trail.write_refusal(by, name, refusal)
        raise


Loader = Callable[..., Tally]
LOADERS: dict[str, Loader] = {}


def register(kinds: Mapping[str, type[Kind]]) -> None:
    """Make a verb `import.<kind>` of every kind."""
    for kind in kinds.values():
        LOADERS[kind.name] = _loader(kind)


def _loader(kind: type[Kind]) -> Loader:
    name = f"import.{kind.name}"

    def load(work: Kind, source: Source, kept: "_Kept", progress: Progress, *, by: Actor) -> Tally:
        bulk.hold(kind.tables)
        tally = _read(work, source, kept, progress)
        if work.findings.count:
            raise ImportFailed(count=work.findings.count)
        source.check_unchanged()
        trail.write(
            by,
            name,
            facts={
                "sha256": source.sha256,
                "rows": work.rows,
                "added": tally.added,
                "changed": tally.changed,
                "unchanged": tally.unchanged,
            },
        )
        return tally

    load.__doc__ = kind.__doc__
    return verbs.verb(name)(load)


def _read(work: Kind, source: Source, kept: "_Kept", progress: Progress) -> Tally:
    tally = Tally()
    work.prepare()
    if work.writing and kept.is_whole:
        work.rows = kept.rows
        for number, batch in enumerate(kept.batches, 1):
            tally += work.take(batch)
            progress(number / len(kept.batches), work.rows)
    else:
        with source.open() as file:
            for batch in work.batches(file):
                tally += work.take(batch)
                kept.add(batch, work.rows)
                progress(min(1.0, file.buffer.tell() / max(1, source.size)), work.rows)
    work.finish()
    return tally


class _Kept:
    """The checked batches of a file that is not long, so that it is parsed only once."""

    MOST = 200_000  # Rows; of residents these take 110 MB.

    def __init__(self, *, enabled: bool) -> None:
        self.is_whole = enabled
        self.batches: list[Sequence[Any]] = []
        self.rows = 0

    def add(self, batch: Sequence[Any], rows: int) -> None:
        self.rows = rows
        if self.is_whole and rows <= self.MOST:
            self.batches.append(batch)
        else:
            self.is_whole = False
            self.batches.clear()
