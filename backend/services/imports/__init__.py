"""Imports: files of other systems, checked whole and loaded all or nothing.

A second run of the same file changes nothing: rows are known by their codes or keys, and only
what differs is written. `run` is the one way in; `KINDS` is what there is.
"""

from backend.services.imports.accounts import Accounts, Duties
from backend.services.imports.addresses import Addresses
from backend.services.imports.areas import Areas
from backend.services.imports.bikes import Bikes
from backend.services.imports.buildings import Buildings
from backend.services.imports.classes import Classes
from backend.services.imports.events import Events
from backend.services.imports.facilities import Facilities
from backend.services.imports.findings import Report
from backend.services.imports.firms import Businesses, SmallPlaces
from backend.services.imports.forms import Forms
from backend.services.imports.kind import Kind, Options
from backend.services.imports.lessons import Lessons
from backend.services.imports.registrations import Registrations
from backend.services.imports.remits import Remits
from backend.services.imports.residents import Residents
from backend.services.imports.rooms import Rooms
from backend.services.imports.run import Progress, register, run, silent
from backend.services.imports.tags import FacilityTags, Tags
from backend.services.imports.units import Units

# In the order in which a new city is loaded: each refers only to those before it.
KINDS: dict[str, type[Kind]] = {
    kind.name: kind
    for kind in (
        Areas,
        Classes,
        Units,
        Remits,
        Lessons,
        Buildings,
        Rooms,
        Addresses,
        Residents,
        Businesses,
        SmallPlaces,
        Registrations,
        Events,
        Facilities,
        Forms,
        Tags,
        FacilityTags,
        Bikes,
        Accounts,
        Duties,
    )
}
register(KINDS)

__all__ = ["KINDS", "Kind", "Options", "Progress", "Remits", "Report", "run", "silent"]
