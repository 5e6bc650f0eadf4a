"""One report, several things to do: a case is split, and its parts are cases of their own."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.actor import Actor
from backend.errors import Conflict, Invalid
from backend.models import Case
from backend.rules import workflow
from backend.services import problems, units
from backend.services.cases import faces
from backend.services.cases.filing import filed_under
from backend.services.cases.moving import Moved, held, moved, said
from backend.services.cases.opening import free_key, step
from backend.services.cases.parts import MOST_PARTS
from backend.verbs import verb

COPIED = (
    "kind",
    "facility_id",
    "building_id",
    "bike_id",
    "thing",
    "name",
    "address",
    "lat",
    "lon",
    "cell",
    "area_path",
    "channel",
    "owner",
    "opened_at",
)
"""What a part has of its parent; the time of its reporter does not begin anew."""


@verb("case.split")
def split(
    number: str, version: str | None, parts: Sequence[Mapping[str, Any]], *, by: Actor
) -> Moved:
    """Make 2 to 10 cases of one, each with its own problem, unit and time

    A part has `words` and if wanted `problem`, `condition` and `unit`; with a unit it is sent
    there at once. The case itself closes when all of its parts are done.
    """
    case = held(number, "split", version, by)
    if case.parent_id is not None:
        raise Conflict(errors={"action": ["A part is not split again."]})
    if not 2 <= len(parts) <= MOST_PARTS:
        raise Invalid(errors={"parts": [f"2 to {MOST_PARTS} parts."]})
    case.account_id = by.account_id  # Who split it answers for it.
    found = moved(case, "split", by, facts={"parts": len(parts)})
    for part in parts:
        _make(case, part, by)
    return found


def _make(parent: Case, said_of_it: Mapping[str, Any], by: Actor) -> None:
    problem = said_of_it.get("problem") or parent.problem
    problems.find(parent.kind, problem)
    part = Case(
        state="filed",
        problem=problem,
        unit=parent.owner,
        words=said(said_of_it.get("words"), "parts"),
        parent_id=parent.id,
        **{name: getattr(parent, name) for name in COPIED},
    )
    part.open_key = free_key(part)
    facts = filed_under(part, said_of_it.get("condition"))
    part.updated_at = part.opened_at
    part.version = 0
    part.save(force_insert=True)
    facts["case"] = faces.number_of(parent)
    step(part, "part", before="filed", account_id=by.account_id, facts=facts)
    if said_of_it.get("unit"):
        part.unit, part.rule = units.find(said_of_it["unit"]).code, "desk"
        moved(part, "dispatch", by)


assert workflow.MOVES["split"].to == "handling"  # In which a parent waits for its parts.
