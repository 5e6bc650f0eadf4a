"""`python -m backend words ...`: teach the house what citizens mean, and see how well it knows."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from backend.actor import SYSTEM
from backend.terminal import WRONG, bar, open_house, stop


@click.group()
def words() -> None:
    """Learn from texts what a case is about, and try it."""


@words.command()
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
def learn(file: Path | None, as_json: bool) -> None:
    """Learn from closed cases and all files so far; a FILE is loaded first, all of it or nothing.

    CSV with `text` and `label` (kind.problem, such as street.rubbish), or `unit` in place of the
    label. The keeper does the same every night.
    """
    from backend.services import imports
    from backend.services import words as service

    open_house(tables=True)
    if file is not None:
        with bar("lessons") as progress:
            report = imports.run(
                imports.KINDS["lessons"],
                file,
                imports.Options(),
                progress=lambda share, rows: progress(share, f"{rows:,} rows"),
                by=SYSTEM,
            )
        for line in report.lines():
            click.echo(line, err=True)
        if report.errors:
            sys.exit(WRONG)
    figures = service.learn()
    if figures is None:
        stop(f"There are fewer than {service.FEW} texts, or all of one label.", WRONG)
    click.echo(json.dumps(figures) if as_json else "\n".join(_lines(figures)))


@words.command()
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
def read(text: str, as_json: bool) -> None:
    """Say what a TEXT would be taken for, how surely, and why."""
    from dataclasses import asdict

    from backend.services import words as service

    open_house(tables=True)
    learnt = service.reader()
    found = learnt.read(text) if learnt else []
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        why = " ".join([*(f"+{g}" for g in one.spoke_for), *(f"-{g}" for g in one.spoke_against)])
        click.echo(f"{one.sureness:.0%}  {one.label:<24} {why}")
    if not found:
        click.echo("These words say nothing: a person decides.")


def _lines(figures: dict[str, Any]) -> list[str]:
    tried = figures["held_out"]
    return [
        f"{figures['lessons']:,} texts about {figures['labels']} matters, "
        f"{figures['grams']:,} grams, {figures['seconds']} s",
        f"held back: {tried['right']:.1%} of {tried['readings']:,} readings were right",
        f"sure enough to go alone: {tried['alone']:.1%}; of these {tried['alone_right']:.1%} right",
    ]
