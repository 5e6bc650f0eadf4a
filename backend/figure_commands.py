"""`python -m backend figures ...`: whether figures are what the steps say, and making them so."""

import json
import sys

import click

from backend.terminal import WRONG, open_house


@click.group()
def figures() -> None:
    """Prove the figures of the cases against their steps, or make them anew."""


@figures.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON list of what differs.")
def check(as_json: bool) -> None:
    """Recompute every figure from the steps and compare it with the kept one."""
    from backend.services import figures as service

    open_house(tables=True)
    service.keep()
    found = service.check()
    if as_json:
        click.echo(json.dumps([each._asdict() for each in found], ensure_ascii=False))
    for each in () if as_json else found:
        click.echo(f"{each.where}: kept {each.kept}, by its steps {each.true}", err=True)
    if not found and not as_json:
        click.echo("Every figure is what the steps say.")
    sys.exit(WRONG if found else 0)


@figures.command()
def rebuild() -> None:
    """Forget all figures and make them anew from the steps; may be interrupted and run again."""
    from backend.services import figures as service

    open_house(tables=True)
    click.echo(f"Made anew from {service.rebuild():,} cases.")
