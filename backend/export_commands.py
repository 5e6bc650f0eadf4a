"""`python -m backend export ...`: what a city takes along to other programs."""

from pathlib import Path

import click

from backend.actor import SYSTEM
from backend.terminal import open_house


@click.group()
def export() -> None:
    """Write what is here into files that other programs read."""


@export.command()
@click.argument("code")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--version", type=int, help="A former version; left out: the one asked now.")
def forms(code: str, output: Path, version: int | None) -> None:
    """Write the form CODE as an XLSForm (.xlsx) or, if OUTPUT ends in .xml, as an XForm.

    An XLSForm that is imported again unchanged is the same form: no new version.
    """
    from backend.services import inspections

    if output.suffix not in (".xlsx", ".xml"):
        raise click.UsageError("say where to: FILE.xlsx or FILE.xml.")
    open_house(tables=True)
    made = inspections.publishing
    write = made.xform if output.suffix == ".xml" else made.workbook
    output.write_bytes(write(code, version, by=SYSTEM))
    click.echo(f"{code} is written to {output}.", err=True)
