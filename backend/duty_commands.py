"""`python -m backend duty-list ...`: try a list before it counts, look over the one in force."""

import json
import sys
from pathlib import Path

import click

from backend.actor import SYSTEM
from backend.terminal import WRONG, open_house

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group("duty-list")
def duty_list() -> None:
    """Try a duty list on past cases, or look over the one in force."""


@duty_list.command("dry-run")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--days", type=click.IntRange(1, 366), default=30, help="Of past cases.")
@click.option("--on", "day", type=DAY, help="As of this day; else the last that a line begins.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def dry_run(file: Path, days: int, day: object, as_json: bool) -> None:
    """Say who would have got last month's cases by the list that loading FILE would make.

    Nothing is kept. Ends with 1 if the file has errors, if a line would be broken that is not
    now, or if a case would go to nobody that goes to somebody now.
    """
    from backend.services import rehearsals

    open_house(tables=True)
    on = f"{day:%Y-%m-%d}" if day else None
    found = rehearsals.rehearse(file, days=days, day=on, by=SYSTEM)
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False))
    else:
        for line in found.lines():
            click.echo(line)
    sys.exit(0 if found.is_well else WRONG)


@duty_list.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def faults(as_json: bool) -> None:
    """Name the lines that are broken, and what failed today. Ends with 1 if there are any."""
    from backend.services import rehearsals

    open_house(tables=True)
    found = rehearsals.faults(by=SYSTEM)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        for one in found["broken"]:
            click.echo(f"{one['rule']}: {one['reason']}")
        for one in found["today"]:
            click.echo(f"today, {one['cases']} cases: {one['rule']}: {one['reason']}")
        if not any(found.values()):
            click.echo("Every line can be followed.")
    sys.exit(WRONG if any(found.values()) else 0)
