"""From whatever was scanned or typed to a code, and from a code to the building it hangs at.

Junk ends here: a code with a typing error, or never made with the city's keys, does not reach
the database.
"""

from dataclasses import dataclass

from backend.errors import TagNotHung, TagOfFacility, TagReplaced, TagRevoked, TagUnknown
from backend.house import house
from backend.models import Tag
from backend.prepared import Prepared
from qr import codes, links

_tag = Prepared(
    lambda code: Tag.select(
        Tag.code, Tag.building_id, Tag.room_id, Tag.kind, Tag.state, Tag.accepted_at
    ).where(Tag.code == code)
)


@dataclass(frozen=True, slots=True)
class TagFound:
    """What a code leads to."""

    code: str
    building_id: int
    room_id: int | None
    kind: str  # building, room, extinguisher, meter
    state: str  # bound
    accepted_at: int | None  # Milliseconds; None: no worker has scanned it on the wall yet.


def resolve(text: str) -> TagFound:
    """The building at which a scanned code hangs. Refuses every other tag, saying what it is."""
    row = _tag.first(read(text))
    if row is None:
        raise TagUnknown(why="unknown")
    found = TagFound(*row)
    if found.state in ENDED:
        raise ENDED[found.state](building_id=found.building_id)
    if found.state != "bound":
        raise TagNotHung()
    if found.building_id is None:
        raise TagOfFacility()
    return found


ENDED = {"revoked": TagRevoked, "lost": TagRevoked, "replaced": TagReplaced}


def read(text: str) -> str:
    """The twelve characters in what was scanned or typed. Raises TagUnknown and says why.

    `why` is `mistyped`, `foreign` (a link to a host that is not ours) or `forged`.
    """
    try:
        return codes.read(links.code_in(text, house().tag_hosts), house().tag_keys)
    except codes.Forged:
        raise TagUnknown(why="forged") from None
    except links.ForeignHost as foreign:
        raise TagUnknown(why="foreign", host=foreign.host[:100]) from None
    except (codes.Unreadable, links.NotOurLink):
        raise TagUnknown(why="mistyped") from None


def is_bound(code: str) -> bool:
    """Whether this code still leads to its building."""
    row = _tag.first(code)
    return row is not None and row[4] == "bound"
