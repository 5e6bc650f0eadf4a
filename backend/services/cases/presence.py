"""Whether a handler was at the thing: by its tag, read lately, or by a fix close to it.

A phone without a good position must not keep anybody from working: with a reason the work is
taken all the same, and the checker sees that nobody could show to be there.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.errors import Invalid
from backend.house import house
from backend.models import Case, Tag, TagScan
from backend.rules import datum, geometry
from backend.rules.datum import Position


def of_handler(
    case: Case, fix: Mapping[str, Any] | None, reason: str | None, by: Actor
) -> dict[str, object]:
    """The facts of a feed-back: whether it was shown to come from the thing, else why not."""
    if case.facility_id is None and case.building_id is None:
        return {}
    if _is_near(case, fix) or _has_scanned(case, by):
        return {"at_asset": True}
    if not (reason or "").strip():
        raise Invalid(errors={"reason": ["Scan its tag, stand closer, or say why you cannot."]})
    return {"at_asset": False, "reason": reason}


def _is_near(case: Case, fix: Mapping[str, Any] | None) -> bool:
    if fix is None or case.lat is None or case.lon is None:
        return False
    here = datum.to_wgs84(fix["lat"], fix["lon"], fix.get("crs"))
    metres = geometry.distance_m(Position(here.lat, here.lon), Position(case.lat, case.lon))
    return metres <= house().policy.cases.asset_m


def _has_scanned(case: Case, by: Actor) -> bool:
    """Whether this person has read a tag of the thing within the last minutes, standing there."""
    limits = house().policy.cases
    since = clock.now() - timedelta(minutes=limits.scan_min)
    its = (
        Tag.facility_id == case.facility_id
        if case.facility_id is not None
        else Tag.building_id == case.building_id
    )
    codes = Tag.select(Tag.code).where(its)
    lately = TagScan.select().where(
        TagScan.code.in_(codes) & (TagScan.account_id == by.account_id) & (TagScan.at >= since)
    )
    return bool(lately.where(TagScan.metres <= limits.asset_m).exists())
