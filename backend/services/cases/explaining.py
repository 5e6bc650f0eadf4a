"""Why a case went where it went: the codes that its step keeps, with the names of today."""

from collections.abc import Mapping
from typing import Any

from backend.models import Area, Unit


def explain(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a step; each part of `why` with the names of its unit and area beside the codes.

    Parts are `owner`, `remit`, `words`, `merged`, `desk`, and `failed`: a rule passed over.
    """
    if not facts.get("why"):
        return dict(facts)
    return {**facts, "why": [_named(part) for part in facts["why"]]}


def _named(part: Mapping[str, Any]) -> dict[str, Any]:
    names = {}
    if "unit" in part:
        unit = Unit.get_or_none(Unit.code == part["unit"])
        names["unit_name"] = unit.name if unit else part["unit"]
    if "area" in part:
        area = Area.get_or_none(Area.code == part["area"])
        names["area_name"] = area.name if area else part["area"]
    return {**part, **names}
