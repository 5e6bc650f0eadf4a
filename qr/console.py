"""How the command line talks: answers to stdout, warnings and progress to stderr, whole files."""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from qr import designs, forms, glyphs, links, lists, symbols, verify
from qr.labels import arrange
from qr.labels import layout as layouts

ASKED_WRONGLY = (
    designs.UnknownDesign,
    forms.UnknownForm,
    forms.BadForm,
    links.BadHost,
    lists.BadList,
    symbols.TooLong,
    arrange.TooSmall,
)
REFUSED = (glyphs.MissingGlyphs, layouts.DoesNotFit, verify.NotReleased, OSError)

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


class Door(click.Group):
    """Turns a refusal into a sentence and a status: 2 asked wrongly, 1 refused or failed."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except ASKED_WRONGLY as wrong:
            raise click.UsageError(str(wrong)) from wrong
        except REFUSED as refused:
            raise click.ClickException(str(refused)) from refused


def asking(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Several options at once."""

    def decorated(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return decorated


def answer(said: Mapping[str, Any], story: str, as_json: bool) -> None:
    """The answer, as a story for people or as JSON; its warnings in any case."""
    for warning in said.get("warnings", ()):
        click.echo(f"Warning: {warning}", err=True)
    click.echo(json.dumps(said, ensure_ascii=False) if as_json else story)


def progress(what: str, total: int) -> Callable[[int], None]:
    """Count on a terminal; say nothing into a log."""
    if not sys.stderr.isatty():
        return lambda index: None

    def tick(index: int) -> None:
        click.echo(f"\r{what} {index + 1} of {total}", nl=index + 1 == total, err=True)

    return tick


def write(file: Path, data: bytes) -> None:
    """The whole file or none of it: a printer may be watching the folder."""
    if not file.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {file.parent}.")
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        unfinished.chmod(0o644)
        unfinished.replace(file)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
