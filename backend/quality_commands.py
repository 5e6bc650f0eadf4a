"""`python -m backend quality ...`: looking over all records now, and what was found."""

import json
from typing import Any

import click

from backend.terminal import open_house

AS_JSON = click.option("--json", "as_json", is_flag=True, help="As one JSON object.")


@click.group()
def quality() -> None:
    """Records that can hardly be right: look for them, or list what is known."""


@quality.command()
@AS_JSON
def check(as_json: bool) -> None:
    """Look over all records now, as the keeper does every night; may be run again at any time."""
    from backend.services.inspections import checking

    open_house(tables=True)
    counts = checking.check()
    if as_json:
        click.echo(json.dumps(counts))
        return
    click.echo("{found:,} records can hardly be right, {new:,} of them new.".format(**counts))
    click.echo("{gone:,} were put right, {given:,} were given to workers.".format(**counts))


@quality.command("list")
@AS_JSON
def list_(as_json: bool) -> None:
    """How many there are by rule, and what came of them."""
    from backend.actor import SYSTEM
    from backend.services.inspections import flaws

    open_house(tables=True)
    found: dict[str, Any] = flaws.overview(by=SYSTEM)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, default=str))
        return
    for one in found["rules"]:
        counts = " ".join(f"{state} {one[state]:,}" for state in STATES if one[state])
        click.echo(f"{one['rule']:<18} {counts or '-'}")


STATES = ("found", "given", "confirmed", "corrected", "missing", "gone")
