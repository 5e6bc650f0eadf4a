"""The demo town, loaded through the same imports as any other city."""

from collections.abc import Callable
from pathlib import Path

from backend.actor import SYSTEM
from backend.config import DEMO_TAG_KEYS
from backend.house import house
from backend.models import Area
from backend.services import clients, imports
from backend.services.imports import Options, Report

FIXTURES = Path(__file__).parent.parent / "fixtures"
TOWN = FIXTURES / "town"
DEMO_PASSWORD = "shuiwei"  # noqa: S105 - of the invented cast, in the demo alone.

FILES = (
    ("areas", FIXTURES / "areas" / "shenzhen.csv"),
    ("areas", TOWN / "areas.csv"),
    ("classes", FIXTURES / "classes" / "manifest.toml"),
    ("units", TOWN / "units.csv"),
    ("remits", TOWN / "remits.csv"),
    ("lessons", FIXTURES / "words" / "lessons.csv"),
    ("buildings", TOWN / "buildings.geojson"),
    ("rooms", TOWN / "rooms.csv"),
    ("addresses", TOWN / "addresses.csv"),
    ("residents", TOWN / "residents.csv"),
    ("businesses", TOWN / "businesses.csv"),
    ("small-places", TOWN / "small_places.csv"),
    ("events", TOWN / "events.csv"),
    ("facilities", TOWN / "facilities.csv"),
    ("facilities", TOWN / "hydrants.csv"),
    *(("forms", path) for path in sorted((FIXTURES / "forms").glob("*.toml"))),
    ("tags", TOWN / "tags.csv"),
    ("facility-tags", TOWN / "facility_tags.csv"),
    ("accounts", TOWN / "cast.toml"),
    ("duties", TOWN / "duties.csv"),
)


class NotLoaded(Exception):
    """A file of the demo town has errors; the text lists them."""


def is_empty() -> bool:
    """Whether nothing has been loaded into this database yet."""
    return not Area.select().exists()


def load_demo(told: Callable[[Report], None] = lambda report: None) -> list[Report]:
    """Load the town; each file's report is told as it comes. Raises NotLoaded.

    May be run again: files that are loaded already change nothing. The cast has the password
    everybody knows only in demo mode; elsewhere each account gets one of its own.
    """
    reports = []
    for kind, path in FILES:
        if kind in ("tags", "facility-tags") and DEMO_TAG_KEYS not in house().settings.TAG_KEYS:
            continue  # Made with a key that everybody knows: no other house takes them.
        report = import_one(kind, path)
        told(report)
        reports.append(report)
    if house().settings.DEMO:
        clients.add_demo()
    return reports


def import_one(kind: str, path: Path) -> Report:
    """Load one file of the town. Raises NotLoaded."""
    report = imports.run(imports.KINDS[kind], path, _options(kind), by=SYSTEM)
    if report.errors:
        raise NotLoaded("\n".join(report.lines()))
    return report


def _options(kind: str) -> Options:
    if kind in ("buildings", "facilities"):
        return Options(crs="wgs84")
    if kind == "accounts" and house().settings.DEMO:
        return Options(password=DEMO_PASSWORD)
    return Options()
