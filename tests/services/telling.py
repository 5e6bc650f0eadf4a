"""What the stories about reports tell, and a case that somebody has closed."""

from typing import Any

from backend import clock
from backend.models import Case, Facility, Tag
from backend.services import cases, places, reports

LAMP, COVER, BIN = "SW-L001", "SW-C001", "SW-B001"


def tag_of(number: str) -> str:
    """The code that hangs at a facility."""
    return str(Tag.get(Tag.facility_id == Facility.get(Facility.number == number).id).code)


def told(
    problem: str = "dark", channel: str = "scan", source: str | None = None, **form: Any
) -> dict[str, Any]:
    """A report by a stranger; of the lamp unless `things` says otherwise.

    Without a `source` it does not pass the gate.
    """
    form.setdefault("things", [{"tag": tag_of(LAMP)}])
    return reports.file({"problem": problem, **form}, channel=channel, source=source)


def number_in(answer: dict[str, Any], which: int = 0) -> str:
    return str(answer["cases"][which]["number"])


def case_in(answer: dict[str, Any], which: int = 0) -> Case:
    return cases.find(number_in(answer, which))


def closes(number: str) -> None:
    """The case is put right: closed by the state's own rule, that nobody joins it any more."""
    case = cases.find(number)
    now = clock.now()
    done = Case.update(state="closed", open_key=None, closed_at=now, updated_at=now)
    done.where(Case.id == case.id).execute()


def building_id(code: str) -> int:
    return int(places.find_building(code).id)
