"""`python -m backend clients ...`: keys for the programs that speak Open311."""

import json

import click

from backend.actor import SYSTEM
from backend.terminal import open_house


@click.group()
def clients() -> None:
    """Give other programs a key for Open311, list and withdraw them."""


@clients.command()
@click.argument("name")
@click.option("--contact", required=True, help="Who answers for it: an address or a phone.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def add(name: str, contact: str, as_json: bool) -> None:
    """Give a program a key. It is printed now and never again."""
    from backend.services import clients as service

    open_house(tables=True)
    made = service.add(name, contact, by=SYSTEM)
    click.echo(json.dumps(made) if as_json else made["key"])


@clients.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
def list_(as_json: bool) -> None:
    """List every client that ever had a key."""
    from backend.services import clients as service

    open_house(tables=True)
    found = service.listed(by=SYSTEM)
    if as_json:
        click.echo(json.dumps(found, default=str, ensure_ascii=False))
        return
    for each in found:
        until = f"until {each['revoked_at']:%Y-%m-%d}" if each["revoked_at"] else "valid"
        line = f"{each['name']:<20} since {each['created_at']:%Y-%m-%d}  {until:<16}"
        click.echo(f"{line}  {each['contact']}")


@clients.command()
@click.argument("name")
def revoke(name: str) -> None:
    """Withdraw a key for good. What the client sent stays."""
    from backend.services import clients as service

    open_house(tables=True)
    service.revoke(name, by=SYSTEM)
    click.echo(f"The key of {name} opens nothing any more.")
