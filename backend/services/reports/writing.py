"""A worker or clerk reports: the same intake, by somebody whose name stands on the trail."""

from collections.abc import Mapping
from typing import Any

from backend.actor import Actor
from backend.services.reports import filing
from backend.verbs import verb


@verb("report.file")
def write_down(form: Mapping[str, Any], *, channel: str, by: Actor) -> dict[str, Any]:
    """Report a problem seen on a round, or told by a caller"""
    return filing.file(form, channel=channel, by=by)
