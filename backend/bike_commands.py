"""`python -m backend bikes ...`: what leaves the register of e-bikes as a file."""

import csv
import sys

import click

from backend.actor import SYSTEM
from backend.terminal import open_house


@click.group()
def bikes() -> None:
    """Write the codes of a fleet, and figures that anybody may have."""


@bikes.command()
@click.argument("unit")
def codes(unit: str) -> None:
    """Write the codes of the fleet of a UNIT as CSV: frame, code, link."""
    from backend.services.bikes import fleets

    open_house(tables=True)
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(fleets.Plate._fields)
    out.writerows(fleets.plates(unit, by=SYSTEM))


@bikes.command()
@click.option("--first", help="The first month, such as 2026-01; without, a year back.")
@click.option("--last", help="The last month; those that are not over are left out.")
def statistics(first: str | None, last: str | None) -> None:
    """Write registrations, thefts, finds and scrappings by month and area as CSV, for anybody."""
    from backend.services.bikes import statistics as service

    open_house(tables=True)
    for line in service.as_csv(service.lines(first, last)):
        click.echo(line, nl=False)
