"""An inventory of facilities, brought as a file."""

import tempfile
from pathlib import Path
from typing import Any

from backend.errors import ImportFailed, Invalid
from backend.services import imports
from mobile_api import uploads
from mobile_api.auth import current_actor
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
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "inventory"
        uploads.one_file("file").save(path)
        report = imports.run(
            imports.KINDS["facilities"],
            path,
            options,
            dry_run=query["dry_run"],
            by=current_actor(),
        )
    if report.errors and not report.dry_run:
        raise _refusal(report)
    return report.as_dict()


def _refusal(report: imports.Report) -> ImportFailed:
    """The list is a fact of its own: it names rows and columns, not fields of the request."""
    refusal = ImportFailed(
        count=report.errors,
        rows=report.rows,
        listed=[vars(finding) for finding in report.listed],
        notices=report.notices,
    )
    refusal.is_settled = True  # The import has left its line already.
    return refusal


def _pairs(text: str | None) -> tuple[tuple[str, str], ...]:
    """`number=灯杆编号;power_w=功率` as our columns and theirs."""
    if text is None:
        return ()
    pairs = [tuple(part.strip() for part in pair.split("=", 1)) for pair in text.split(";")]
    if any(len(pair) != 2 or not all(pair) for pair in pairs):
        raise Invalid(errors={"map": ["Send pairs like number=id;power_w=watts."]})
    return tuple((ours, theirs) for ours, theirs in pairs)
