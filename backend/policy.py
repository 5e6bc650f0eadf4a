"""The policy of a city, read once from `fixtures/policy`: who may do, see and prove what."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from backend.rules.approval import BikeLimits
from backend.rules.clocks import CaseLimits
from backend.rules.dispatch import DispatchLimits
from backend.rules.gates import GateLimits
from backend.rules.grading import InspectionLimits
from backend.rules.hanging import TagLimits
from backend.rules.presence import Limits
from backend.rules.quality import QualityLimits
from backend.rules.sampling import Sampling
from backend.rules.sight import Policy as Sight
from backend.rules.urging import Urging
from backend.rules.workdays import Calendar, calendar_of

FOLDER = Path(__file__).parent.parent / "fixtures" / "policy"
CALENDAR = FOLDER.parent / "calendar"


@dataclass(frozen=True)
class Policy:
    """`verbs` maps a role to what it may do; `titles` to its names by language."""

    verbs: Mapping[str, frozenset[str]]
    titles: Mapping[str, Mapping[str, str]]
    sight: Sight
    limits: Limits
    tags: TagLimits
    reports: GateLimits
    cases: CaseLimits
    bikes: BikeLimits
    dispatch: DispatchLimits
    urging: Urging
    sampling: Sampling
    inspections: InspectionLimits
    quality: QualityLimits
    calendar: Calendar


def read_policy(folder: Path = FOLDER) -> Policy:
    """Raises ValueError or KeyError naming the file's word that is wrong."""
    roles = _toml(folder / "roles.toml")
    cases = _toml(folder / "cases.toml")
    urging, sampling = cases.pop("urging", None), cases.pop("sampling", None)
    seen = Sight.from_mapping(_toml(folder / "sight.toml"))
    return Policy(
        verbs={role: frozenset(entry["verbs"]) for role, entry in roles.items()},
        titles={role: entry["title"] for role, entry in roles.items()},
        sight=seen,
        limits=Limits.from_mapping(_toml(folder / "visits.toml")),
        tags=TagLimits.from_mapping(_toml(folder / "tags.toml")),
        reports=GateLimits.from_mapping(_toml(folder / "reports.toml")),
        bikes=BikeLimits.from_mapping(_toml(folder / "bikes.toml")),
        cases=CaseLimits.from_mapping(cases),
        dispatch=DispatchLimits.from_mapping(_toml(folder / "dispatch.toml")),
        urging=Urging.from_mapping(urging),
        sampling=Sampling.from_mapping(sampling),
        inspections=InspectionLimits.from_mapping(_toml(folder / "inspections.toml")),
        quality=QualityLimits.from_mapping(_toml(folder / "quality.toml"), seen),
        calendar=calendar_of(_toml(path) for path in sorted(CALENDAR.glob("*.toml"))),
    )


def _toml(path: Path) -> dict[str, dict]:  # type: ignore[type-arg]
    with path.open("rb") as file:
        return tomllib.load(file)
