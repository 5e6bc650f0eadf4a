"""`python -m backend tags run ...`: a print run from order to files, as large as it needs to be."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import click

from backend.actor import SYSTEM
from backend.errors import LabelsWrong, ListWrong, Refused
from backend.terminal import WRONG, bar, open_house, stop
from qr import designs, forms
from qr.console import asking, write

FilePath = click.Path(dir_okay=False, path_type=Path)
FORMATS = {
    "pdf": "sheet.pdf", "zpl": "labels.zpl", "svg": "svg.zip", "png": "png.zip", "csv": "list.csv",
}  # fmt: skip
"""Option -> the format it writes."""

ORDER = asking(
    click.option("--kind", help=f"One of {', '.join(designs.kinds())}."),
    click.option("--area", help="Code of the area it is for."),
    click.option("--count", type=click.IntRange(1), help="So many blanks."),
    click.option(
        "--from",
        "source",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="One for each building, room or facility of this list: CSV, xlsx or plain text.",
    ),
    click.option("--untagged", is_flag=True, help="All of the kind in the area without a tag."),
    click.option("--form", help=f"One of {', '.join(forms.names())}; else the kind's own."),
    click.option("--copies", type=int, help="Choose the symbols by their number."),
    click.option("--module", "module_mm", type=float, help="Choose the symbols by module, mm."),
    click.option("--grade", help="Safety grade of those that have none in the list."),
    click.option("--gs1", "company", metavar="PREFIX", help="GS1 company prefix: /8004/ links."),
    click.option("--dpi", type=int, help="Dots per inch of the printer; else the form's."),
)
SUITED = asking(
    click.option("--start", type=int, help="First free position on a used page, from 1."),
    click.option("--right", "right_mm", type=float, help="Move everything to the right, mm."),
    click.option("--down", "down_mm", type=float, help="Move everything down, mm."),
    click.option("--across", "across_mm", type=float, help="What the ruler across measures, mm."),
    click.option("--along", "along_mm", type=float, help="What the ruler down measures, mm."),
)
FILES = asking(
    click.option("--pdf", type=FilePath, help="Write the labels on their form."),
    click.option("--zpl", type=FilePath, help="Write them for thermal printers."),
    click.option("--svg", type=FilePath, help="Write a zip of SVG files for plate makers."),
    click.option("--png", type=FilePath, help="Write a zip of PNG files for plate makers."),
    click.option("--list", "csv", type=FilePath, help="Write which code stands on which label."),
)


@click.command()
@click.option("--number", help="Draw this run again instead of ordering one.")
@click.option("--first", type=int, help="Of a run that is there: the first piece.")
@click.option("--last", type=int, help="Of a run that is there: the last piece.")
@ORDER
@SUITED
@FILES
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def run(
    number: str | None,
    first: int | None,
    last: int | None,
    source: Path | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Order a print run, read every label back, release it and write its files.

    As many pieces as you like. One label that is not right, and nothing is released or written.
    """
    files = {what: given.pop(option) for option, what in FORMATS.items()}
    wanted = {what: path for what, path in files.items() if path}
    if bool(number) == bool(given["kind"]):
        raise click.UsageError("Say what to order with --kind, or which run to draw with --number.")
    if given["kind"] and (first or last):
        raise click.UsageError("--first and --last are for a run that is there: name it.")
    for path in wanted.values():
        if not path.parent.is_dir():
            raise click.UsageError(f"There is no folder {path.parent}.")
    open_house(tables=True)
    try:
        if number:
            made = _again(number, wanted, given | {"first": first, "last": last})
        else:
            made = _new(given, source, wanted)
    except Refused as refused:
        _tell(refused, as_json)
    if as_json:
        click.echo(json.dumps(made, ensure_ascii=False, default=str))
        return
    click.echo(f"{made['number']}: {made['count']:,} {made['kind']} tags, {made['state']}")
    for what, path in made["files"].items():
        click.echo(f"{what}: {path}")


def _new(form: dict[str, Any], source: Path | None, wanted: Mapping[str, Path]) -> dict[str, Any]:
    from backend.services import runs

    if source is not None:
        form["things"] = runs.read_list(source.read_bytes(), by=SYSTEM)
    number = runs.order_run(form, by=SYSTEM)["number"]
    with bar("reading back") as progress:
        made, sheet = runs.release_drawn(
            number, by=SYSTEM, progress=lambda share: progress(share, number)
        )
    done = _written(number, wanted, {}, {"sheet.pdf": sheet.data} if sheet else {})
    return made | {"files": done}


def _again(number: str, wanted: Mapping[str, Path], changes: dict[str, Any]) -> dict[str, Any]:
    from backend.services import runs

    found = runs.show_run(number, by=SYSTEM)
    return found | {"files": _written(number, wanted, changes, {})}


def _written(
    number: str, wanted: Mapping[str, Path], changes: dict[str, Any], known: Mapping[str, bytes]
) -> dict[str, str]:
    """Every file whole and read back, or none of that name."""
    from backend.services import runs

    done = {}
    for what, path in wanted.items():
        data = known.get(what)
        if data is None:
            with bar(what) as progress:
                data = runs.draw(
                    number,
                    what,
                    changes,
                    by=SYSTEM,
                    progress=lambda share: progress(share, number),
                ).data
        try:
            write(path, data)
        except OSError as wrong:
            stop(f"{path}: {wrong.strerror or wrong}", WRONG)
        done[what] = str(path)
    return done


def _tell(refused: Refused, as_json: bool) -> NoReturn:
    """A refusal with every row, piece or field it names; ends with 1."""
    lines = list(_lines(refused))
    if as_json:
        click.echo(
            json.dumps(
                {"code": refused.code, "detail": str(refused), "errors": lines}, ensure_ascii=False
            )
        )
    for line in lines:
        click.echo(line, err=True)
    stop(str(refused), WRONG)


def _lines(refused: Refused) -> list[str]:
    if isinstance(refused, ListWrong):
        return [str(finding) for finding in refused.findings]
    errors: Any = refused.facts.get("errors") or {}
    if isinstance(refused, LabelsWrong):
        return [f"piece {piece}: {' '.join(said)}" for piece, said in errors["pieces"].items()]
    return [f"{field}: {' '.join(map(str, said))}" for field, said in errors.items()]
