"""What becomes of a run: released, printed, issued; and pieces that were spoiled on the way."""

from collections.abc import Sequence
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.errors import Invalid, NotYourArea, RunNotReady
from backend.models import Area, Run
from backend.rules.areas import path_contains
from backend.services import areas, notices, tags, trail
from backend.services.runs import drawing
from backend.services.runs.drawing import File, Job, Progress
from backend.services.runs.finding import DEAD, find, number_of, reach, tags_of
from backend.services.runs.showing import view
from backend.verbs import verb

SHEET = "sheet.pdf"


def release(number: str, *, by: Actor, progress: Progress | None = None) -> dict[str, Any]:
    """Draw the whole run, read every label back from the finished file, and let it be printed.

    One label that is not right, and nothing is released: LabelsWrong lists them by piece.
    """
    return release_drawn(number, by=by, progress=progress)[0]


def release_drawn(
    number: str, *, by: Actor, progress: Progress | None = None
) -> tuple[dict[str, Any], File | None]:
    """The same, with the file that was read back; none if the run was released before."""
    job = proof(number, by=by)
    file = None
    if job is not None:
        file = drawing.finished(job, SHEET, "run.release", by=by, progress=progress)
    return _released(number, by=by), file


@verb("run.release", reads=True)
def proof(number: str, *, by: Actor) -> Job | None:
    """Take a whole run to be read back; nothing if it was released before"""
    run = find(number)
    reach(by, "run.release", run.area.path)
    if run.state == "released":
        return None
    _check(run, "ordered")
    return drawing.job_of(run, {})


@verb("run.release")
def _released(number: str, *, by: Actor) -> dict[str, Any]:
    """Keep that every label of a run was read back"""
    return _step(number, "run.release", "ordered", "released", by)


@verb("run.print")
def mark_printed(number: str, *, by: Actor) -> dict[str, Any]:
    """Say that a released run has been printed: only a person knows"""
    return _step(number, "run.print", "released", "printed", by)


@verb("run.issue")
def issue(number: str, area: str | None = None, *, by: Actor) -> dict[str, Any]:
    """Hand a printed run to the team of an area; what was ordered by name counts from now on"""
    run = find(number, hold=True)
    reach(by, "run.issue", run.area.path)
    team = _team(run, area)
    if run.state == "issued" and run.issued_to is not None and run.issued_to.code == team.code:
        return view(run)
    _check(run, "printed")
    run.state, run.issued_at, run.issued_to = "issued", clock.now(), team
    run.save()
    tags.move_run(run.id, "issued")
    facts = {"run": number_of(run), "area": team.code, "kind": run.kind, "pieces": run.count}
    trail.write(by, "run.issue", area_path=run.area.path, facts=facts)
    for path in _grids(team):
        notices.tell_role("collector", path, "run-issued", facts)
    return view(run)


@verb("run.spoil")
def spoil(number: str, pieces: Sequence[int], *, by: Actor) -> dict[str, Any]:
    """Declare pieces spoiled: their codes are dead, and new ones can be ordered for them"""
    run = find(number, hold=True)
    reach(by, "run.spoil", run.area.path)
    _check(run, "released", "printed", "issued")
    wanted = sorted(set(pieces))
    if not wanted or wanted[0] < 1 or wanted[-1] > run.count:
        raise Invalid(errors={"pieces": ["There are no such pieces in this run."]})
    tags.spoil(run.id, wanted, "spoiled")
    trail.write(
        by,
        "run.spoil",
        area_path=run.area.path,
        facts={"run": number_of(run), "pieces": wanted[:100], "count": len(wanted)},
    )
    return view(run)


@verb("run.cancel")
def cancel(number: str, *, by: Actor) -> dict[str, Any]:
    """Cancel a run before it is printed: its codes are dead and never given out again"""
    run = find(number, hold=True)
    reach(by, "run.cancel", run.area.path)
    if run.state == "cancelled":
        return view(run)
    _check(run, "ordered", "released")
    living = [int(tag.piece or 0) for tag in tags_of(run) if tag.state not in DEAD]
    tags.spoil(run.id, living, "cancelled")
    run.state, run.cancelled_at = "cancelled", clock.now()
    run.save()
    trail.write(by, "run.cancel", area_path=run.area.path, facts={"run": number_of(run)})
    return view(run)


TIMES = {"released": "released_at", "printed": "printed_at"}


def _step(number: str, verb_name: str, before: str, after: str, by: Actor) -> dict[str, Any]:
    """One state on. What was done already is not done again, nor refused: an answer got lost."""
    run = find(number, hold=True)
    reach(by, verb_name, run.area.path)
    if run.state == after:
        return view(run)
    _check(run, before)
    run.state = after
    setattr(run, TIMES[after], clock.now())
    run.save()
    if after == "printed":
        tags.move_run(run.id, "printed")
    trail.write(by, verb_name, area_path=run.area.path, facts={"run": number_of(run)})
    return view(run)


def _check(run: Run, *states: str) -> None:
    if run.state not in states:
        raise RunNotReady(state=run.state)


def _team(run: Run, code: str | None) -> Area:
    """The area of the team: the run's own or one within it."""
    team = run.area if code is None else areas.find(code)
    if not path_contains(run.area.path, team.path):
        raise NotYourArea()
    return team


def _grids(team: Area) -> list[str]:
    """Where the collectors are who will put the tags up; of a whole district nobody is told."""
    if team.level == "grid":
        return [team.path]
    if team.level != "community":
        return []
    return [area.path for area in Area.select(Area.path).where(Area.parent == team.code)]
