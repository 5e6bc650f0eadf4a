"""`python -m backend units ...`: where units are told of their cases."""

import json
import sys
from typing import Any

import click

from backend.actor import SYSTEM
from backend.errors import Refused
from backend.terminal import open_house


@click.group()
def units() -> None:
    """Say where units are told of their cases, and try it."""


@units.command()
@click.argument("code")
@click.option("--forget", is_flag=True, help="By mail or by the house's courier again.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def notify(code: str, forget: bool, as_json: bool) -> None:
    """Have a unit told at the address on standard input: it holds a secret, so it is no argument.

    https://HOST/PATH, dingtalk://[SECRET@]TOKEN, wecombot://KEY, feishu://TOKEN or lark://TOKEN. A
    second line is the secret that a webhook is signed with; without one it is made, and printed now
    and never again.
    """
    from backend.services import unit_ways as service

    open_house(tables=True)
    if forget:
        service.forget_address(code, by=SYSTEM)
        click.echo(f"{code} has no address of its own any more.")
        return
    said: list[str] = sys.stdin.read().split()
    if not said:
        raise click.ClickException("Standard input holds no address.")
    address, secret = said[0], said[1] if len(said) > 1 else None
    try:
        found = service.set_address(code, address, secret, by=SYSTEM)
    except Refused as refusal:
        raise click.ClickException(_why(refusal)) from refusal
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    click.echo(f"{code} is told at {found['address']}.")
    if found["secret"]:
        click.echo(f"Signed with {found['secret']}")


@units.command("try")
@click.argument("code")
def try_(code: str) -> None:
    """Send a unit a word at its own address now; says why if it does not arrive."""
    from backend.services import unit_ways as service

    open_house(tables=True)
    try:
        service.try_address(code)
    except Refused as refusal:
        raise click.ClickException(_why(refusal)) from refusal
    click.echo(f"{code} has it.")


def _why(refusal: Refused) -> str:
    errors: Any = refusal.facts.get("errors") or {}
    said = "; ".join(text for texts in errors.values() for text in texts)
    return " ".join(filter(None, (refusal.sentence, said, str(refusal.facts.get("why", "")))))
