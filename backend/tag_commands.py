"""`python -m backend tags ...`: codes made, looked at and withdrawn from the command line."""

import json
import sys
from typing import Any

import click

from backend.actor import SYSTEM
from backend.errors import Refused
from backend.terminal import WRONG, bar, open_house
from qr import codes


@click.group()
def tags() -> None:
    """Mint, list and retire tags."""


@tags.command()
@click.option("--kind", required=True, help="What they are for: streetlight, building, bin ...")
@click.option("--count", required=True, type=click.IntRange(1, 1_000_000), help="How many.")
@click.option("--issue", is_flag=True, help="Hand them out at once: any team may hang them.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def mint(kind: str, count: int, issue: bool, as_json: bool) -> None:
    """Make blank codes outside any run, for a plate maker who draws them; all or none.

    Prints the codes, one a line. They stay valid for ever: keep the list.
    """
    from backend.services import tags as service

    open_house(tables=True)
    with bar("minting") as progress:
        made = service.mint(
            kind,
            count,
            issue=issue,
            progress=lambda done: progress(done / count, f"{done:,} codes"),
            by=SYSTEM,
        )
    if as_json:
        state = "issued" if issue else "minted"
        click.echo(json.dumps({"kind": kind, "count": count, "state": state, "tags": made}))
    else:
        click.echo("\n".join(made))


@tags.command("list")
@click.option("--state", help="Only minted, printed, issued, bound, replaced, lost or revoked.")
@click.option("--kind", help="Only this kind.")
@click.option("--run", "run_id", type=int, help="Only the pieces of a run, by its number's end.")
@click.option("--limit", type=click.IntRange(0, 1_000_000), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def list_(
    state: str | None, kind: str | None, run_id: int | None, limit: int, as_json: bool
) -> None:
    """Count tags by kind and state, and list the newest of them."""
    from backend.services import tags as service

    open_house(tables=True)
    counted, listed = service.stock(state=state, kind=kind, run_id=run_id, limit=limit)
    if as_json:
        click.echo(json.dumps({"counts": counted, "tags": listed}, default=str))
        return
    for each in counted:
        click.echo(f"{each['kind']:<16} {each['state']:<10} {each['count']:>9,}")
    for row in listed:
        click.echo(_line(row))


def _line(row: dict[str, Any]) -> str:
    shown = codes.show(row["tag"])
    return f"{shown}  {row['kind']:<16} {row['state']:<10} {row['at'] or '-'}"


@tags.command()
@click.argument("given", metavar="CODE...", nargs=-1, required=True)
@click.option("--reason", required=True, help="lost, torn, replaced, moved or misused.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def retire(given: tuple[str, ...], reason: str, as_json: bool) -> None:
    """Withdraw tags: nobody can scan them any more. `-` reads codes from standard input.

    Each is withdrawn for itself; those that cannot be are told, and the command ends with 1.
    """
    from backend.services import tags as service

    open_house(tables=True)
    wanted = [word for text in given for word in (_from_input() if text == "-" else [text])]
    done, refused = [], {}
    with bar("retiring") as progress:
        for number, code in enumerate(wanted, start=1):
            try:
                done.append(service.revoke(code, reason, by=SYSTEM)["tag"])
            except Refused as refusal:
                refused[code] = str(refusal)
            progress(number / len(wanted), f"{number:,} tags")
    if as_json:
        click.echo(json.dumps({"retired": done, "refused": refused}, ensure_ascii=False))
    else:
        click.echo(f"{len(done):,} retired")
        for code, words in refused.items():
            click.echo(f"{code}: {words}", err=True)
    sys.exit(WRONG if refused else 0)


def _from_input() -> list[str]:
    return [line.strip() for line in sys.stdin if line.strip()]
