"""Runs as they leave the house: a list, one with its counts, its pieces page by page."""

from typing import Any

from peewee import fn

from backend.actor import Actor
from backend.errors import Invalid
from backend.models import Area, Run, Tag
from backend.services.runs.finding import find, number_of, reach, tags_of, within, words_of
from backend.verbs import verb
from qr import codes

STATES = ("ordered", "released", "printed", "issued", "cancelled")
MADE = (
    "kind", "host", "company", "form", "copies", "module_mm", "grade", "dpi", "start",
    "right_mm", "down_mm", "across_mm", "along_mm",
)  # fmt: skip
TIMES = ("ordered_at", "released_at", "printed_at", "issued_at", "cancelled_at")


@verb("run.list", reads=True)
def list_runs(
    state: str | None = None, after: int | None = None, most: int = 50, *, by: Actor
) -> dict[str, Any]:
    """The runs of my areas, newest first"""
    if state is not None and state not in STATES:
        raise Invalid(errors={"state": [f"One of {', '.join(STATES)}."]})
    rows = (
        Run.select(Run, Area)
        .join(Area, on=Run.area)
        .where(within(by, "run.list"))
        .order_by(Run.id.desc())
    )
    if state is not None:
        rows = rows.where(Run.state == state)
    if after is not None:
        rows = rows.where(Run.id < after)
    found = list(rows.limit(most + 1))
    page = found[:most]
    return {
        "items": [_line(run) for run in page],
        "next": page[-1].id if len(found) > most else None,
    }


@verb("run.show", reads=True)
def show_run(number: str, *, by: Actor) -> dict[str, Any]:
    """One run: how it is made, how far it has come, what became of its pieces"""
    run = find(number)
    reach(by, "run.show", run.area.path)
    return view(run)


@verb("run.show", reads=True)
def pieces_of(number: str, after: int = 0, most: int = 100, *, by: Actor) -> dict[str, Any]:
    """The pieces of a run with their codes and words, in the order they are printed"""
    run = find(number)
    reach(by, "run.show", run.area.path)
    last = min(after + most, run.count)
    said = words_of(run, after + 1, last)
    items = [
        {
            "piece": tag.piece,
            "code": tag.code,
            "shown": codes.show(tag.code),
            "state": tag.state,
            "end_reason": tag.end_reason,
            "replaced_by": tag.replaced_by,
            "thing": said[tag.piece].thing if tag.piece in said else None,
            "title": said[tag.piece].title if tag.piece in said else "",
            "place": said[tag.piece].place if tag.piece in said else "",
            "grade": said[tag.piece].grade if tag.piece in said else run.grade,
        }
        for tag in (tags_of(run, after + 1, last) if last > after else [])
    ]
    return {"items": items, "next": last if last < run.count else None}


def view(run: Run) -> dict[str, Any]:
    """A run with everything there is to know about it."""
    counts = _counts(run)
    waiting = (
        Tag.select()
        .where((Tag.run_id == run.id) & (Tag.end_reason == "spoiled") & Tag.replaced_by.is_null())
        .count()
    )
    before = Run.get_or_none(Run.id == run.replaces_id) if run.replaces_id else None
    return (
        _line(run)
        | {name: getattr(run, name) for name in MADE}
        | {name: getattr(run, name) for name in TIMES}
        | {
            "ordered_by": run.ordered_by,
            "issued_to": None if run.issued_to is None else _area(run.issued_to),
            "replaces": before and number_of(before),
            "tags": counts,
            "to_reorder": waiting,
        }
    )


def _line(run: Run) -> dict[str, Any]:
    return {
        "number": number_of(run),
        "state": run.state,
        "kind": run.kind,
        "count": run.count,
        "form": run.form,
        "area": _area(run.area),
        "ordered_at": run.ordered_at,
    }


def _counts(run: Run) -> dict[str, int]:
    """How many of its tags are in which state."""
    rows: Any = (
        Tag.select(Tag.state, fn.COUNT(Tag.code))
        .where(Tag.run_id == run.id)
        .group_by(Tag.state)
        .tuples()
    )
    return dict(rows)


def _area(area: Area) -> dict[str, str]:
    return {"code": area.code, "name": area.name}
