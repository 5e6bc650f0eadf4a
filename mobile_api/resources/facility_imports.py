"""An inventory of facilities, brought as a file."""

from typing import Any

from backend.errors import Invalid
from backend.services import imports
from mobile_api import importing, uploads
from mobile_api.blueprint import Blueprint
from mobile_api.schemas import facilities as wire

blp = Blueprint("facility_imports", __name__, description="Inventories of facilities")


@blp.route("/facility-imports", methods=["POST"])
@blp.doc(requestBody=uploads.body("file"))
@blp.arguments(wire.ImportQuery, location="query")
@blp.operation("importFacilities", wire.ImportReport, most_body=uploads.MOST_INVENTORY)
def import_facilities(query: dict[str, Any]) -> Any:
    """Load an inventory (CSV, GeoJSON points or .xlsx): all of it or, with errors, nothing

    Numbers are known: the same file again changes nothing. A dry run says what would become of it.
    """
    options = imports.Options(
        of_kind=query["kind"],
        crs=query["crs"],
        area=query["area"],
        scheme=query["scheme"],
        columns=_pairs(query["map"]),
        skip_others=query["skip_others"],
        trust_crs=query["trust_crs"],
    )
    return importing.load("facilities", options, dry_run=query["dry_run"])


def _pairs(text: str | None) -> tuple[tuple[str, str], ...]:
    """`number=灯杆编号;power_w=功率` as our columns and theirs."""
    if text is None:
        return ()
    pairs = [tuple(part.strip() for part in pair.split("=", 1)) for pair in text.split(";")]
    if any(len(pair) != 2 or not all(pair) for pair in pairs):
        raise Invalid(errors={"map": ["Send pairs like number=id;power_w=watts."]})
    return tuple((ours, theirs) for ours, theirs in pairs)
