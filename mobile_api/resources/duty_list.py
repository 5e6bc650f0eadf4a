"""The duty list: tried before it counts, looked over while it does."""

import tempfile
from pathlib import Path
from typing import Any

from backend.services import rehearsals
from mobile_api import uploads
from mobile_api.auth import current_actor
from mobile_api.blueprint import Blueprint
from mobile_api.schemas import duty_list as wire

blp = Blueprint("duty_list", __name__, description="Which unit handles what where")


@blp.route("/duty-list/dry-runs", methods=["POST"])
@blp.doc(requestBody=uploads.body("file"))
@blp.arguments(wire.DryRunQuery, location="query")
@blp.operation("tryDutyList", wire.Rehearsal, most_body=uploads.MOST_INVENTORY)
def try_duty_list(query: dict[str, Any]) -> Any:
    """Try a duty list (CSV) on past cases: who would get what, and what breaks; nothing is kept"""
    day = query["day"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "remits"
        uploads.one_file("file").save(path)
        found = rehearsals.rehearse(
            path, days=query["days"], day=day and day.isoformat(), by=current_actor()
        )
    return found.as_dict()


@blp.route("/duty-list/faults")
@blp.operation("listRuleFaults", wire.Faults)
def list_rule_faults() -> Any:
    """Lines of the duty list that are broken, and what has failed today"""
    return rehearsals.faults(by=current_actor())
