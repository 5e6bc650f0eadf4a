"""A process that works on the same cases as others: reads one, moves it on, counts what it hears.

    python -m tests.crash.case_worker URL FOLDER SEED EVENTS

Writes each move that was taken into FOLDER/SEED.taken, a line `number version action`, before the
next one begins; a keeper's duties are done in between. It may be killed at any moment.
"""

import sys
from pathlib import Path

from backend.db import database
from backend.errors import Refused, Unavailable
from backend.models import Case
from backend.rules import workflow
from backend.services import cases, photos
from backend.start import start
from tests import case_walk, town

SHARED = 6  # Cases that all of them want at once.


def main() -> None:
    url, folder, seed, events = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    start(town.settings(url, CHECKPOINTS=str(folder / "checkpoints.jsonl")))
    photos.use = lambda *_, **__: "photo"  # type: ignore[assignment]
    walk = case_walk.Walk(seed, case_walk.people())
    counts: dict[str, int] = {}
    with (folder / f"{seed}.taken").open("a") as taken:
        for event in range(events):
            told = _keep(walk) if event % 25 == 0 else _move(walk, taken)
            counts[told] = counts.get(told, 0) + 1
    (folder / f"{seed}.counts").write_text(repr(counts))
    database.close()


def _keep(walk: case_walk.Walk) -> str:
    try:
        if walk.chance.random() < 0.3:
            walk.report()
        walk.keep()
    except Unavailable:
        return "busy"
    return "keeper"


def _move(walk: case_walk.Walk, taken) -> str:  # type: ignore[no-untyped-def]
    """One of the newest open cases, as it is read, moved on by somebody who may."""
    newest = Case.select().where(Case.state.in_(sorted(workflow.OPEN))).order_by(Case.id.desc())
    case = walk.chance.choice(list(newest.limit(SHARED)) or [walk._some_case()])
    action = walk.chance.choice(workflow.actions(case.state))
    if action in case_walk.SELDOM and walk.chance.random() < 0.8:
        action = "comment" if action != "comment" and case.state in workflow.OPEN else action
    by = walk.chance.choice([one for one in walk.actors if case_walk._holds(one, action)])
    form = {"action": action, **walk._words(case)}
    number = cases.number_of(case)
    try:
        found = cases.moves.take(number, str(case.version), form, by=by)
    except Refused as refused:
        return refused.code
    taken.write(f"{number} {found['version']} {action}\n")
    taken.flush()
    return "moved"


if __name__ == "__main__":
    main()
