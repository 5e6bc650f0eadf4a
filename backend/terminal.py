"""What every command needs: the house opened, a line of progress, and a way to stop."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import click

from backend.config import read_settings
from backend.start import start

WRONG, CALLED_WRONGLY = 1, 2

Bar = Callable[[float, str], None]


def stop(words: str, code: int) -> NoReturn:
    click.echo(f"Error: {words}", err=True)
    sys.exit(code)


def open_house(*, tables: bool = False) -> None:
    """Open the house; with `tables`, insist that they are there."""
    start(read_settings())
    if tables:
        from backend.services import migrations

        if migrations.pending():
            stop("The tables are not up to date: run `python -m backend migrate`.", CALLED_WRONGLY)


@contextmanager
def bar(label: str) -> Iterator[Bar]:
    """A line of progress for a person at a terminal; nothing for a pipe."""
    if not sys.stderr.isatty():
        yield lambda share, words: None
        return

    def show(share: float, words: str) -> None:
        done = int(share * 30)
        line = "=" * done + " " * (30 - done)
        click.echo(f"\r{label} [{line}] {share:4.0%} {words:<24}", nl=False, err=True)

    try:
        yield show
    finally:
        click.echo("\r" + " " * 79 + "\r", nl=False, err=True)
