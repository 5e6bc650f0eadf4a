"""The tags' command line: sheets of sample codes, plans, test pages, and reading a photo.

    python -m qr sheet --kind streetlight --count 210 --host q.example.cn \
        --pdf sheet.pdf --list sheet.csv

Sample codes are minted with a key everybody can read here, so no city accepts them: they are for
trying printers, papers and phones. With `--from` the codes of a run list are printed instead.
Exit status: 0 done, 1 refused or failed, 2 asked wrongly.
"""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from PIL import Image, ImageOps, UnidentifiedImageError

from qr import (
    archive,
    codes,
    designs,
    forms,
    links,
    lists,
    rescue,
    samples,
    sheets,
    symbols,
    verify,
)
from qr import plan as plans
from qr.console import AS_JSON, Door, answer, asking, progress, write
from qr.forms import RULER, Printer
from qr.labels import layout as layouts
from qr.labels import zpl as zpl_labels
from qr.labels.layout import Piece
from qr.sheets import Order

THERMAL = "100x60"  # The form for thermal printers where none is named.
PROOF_DPI = 300  # Pictures for plate makers and proofs.
MOST = 100_000

Said = dict[str, Any]
FilePath = click.Path(dir_okay=False, path_type=Path)


@click.group(cls=Door, help=(__doc__ or "").partition("\n")[0])
def main() -> None:
    """All commands."""


HOST = click.option("--host", required=True, help="Host in the links, such as q.example.cn.")
GS1 = click.option("--gs1", "company", metavar="PREFIX", help="GS1 company prefix: /8004/ links.")
WHAT = asking(
    click.option("--kind", required=True, help=f"One of {', '.join(designs.kinds())}."),
    HOST,
    click.option("--count", type=click.IntRange(1, MOST), help="How many sample codes."),
    click.option("--from", "source", type=FilePath, help="Print the codes of this CSV instead."),
    click.option("--copies", type=int, help="Choose the design's symbols by their number."),
    click.option("--module", type=float, help="Choose the design's symbols by their module, mm."),
    GS1,
)
PRINTER = asking(
    click.option("--right", default=0.0, help="Move everything to the right, mm."),
    click.option("--down", default=0.0, help="Move everything down, mm."),
    click.option("--across", default=100.0, help="What the test page's ruler across measures, mm."),
    click.option("--along", default=100.0, help="What its ruler down measures, mm."),
)


@main.command()
@WHAT
@click.option("--form", help=f"One of {', '.join(forms.names())}; else the kind's own.")
@click.option("--dpi", type=int, help="Dots per inch of the printer; else the form's.")
@click.option("--start", default=1, help="First free position on a used page, from 1.")
@PRINTER
@click.option("--pdf", type=FilePath, help="Write a PDF.")
@click.option("--zpl", type=FilePath, help=f"Write ZPL, on {THERMAL} if no form is named.")
@click.option("--list", "csv", type=FilePath, help="Write the run list as CSV.")
@AS_JSON
def sheet(
    kind: str,
    host: str,
    count: int | None,
    source: Path | None,
    copies: int | None,
    module: float | None,
    company: str | None,
    form: str | None,
    dpi: int | None,
    start: int,
    right: float,
    down: float,
    across: float,
    along: float,
    pdf: Path | None,
    zpl: Path | None,
    csv: Path | None,
    as_json: bool,
) -> None:
    """Print labels: a PDF for paper, ZPL for thermal printers, a CSV of what stands where."""
    if not (pdf or zpl):
        raise click.UsageError("Name a file to write: --pdf or --zpl.")
    if zpl and not pdf:
        form = form or THERMAL
    order = sheets.order(
        kind,
        host,
        form,
        copies=copies,
        module=module,
        dpi=dpi,
        company=company,
        printer=_printer(right, down, across, along),
        start=start,
    )
    pieces = _pieces(order, count, source)
    said = _about(order, pieces, sample=source is None)
    if pdf:
        data = sheets.pdf(order, pieces, progress("page", order.pages(len(pieces))))
        report = verify.pdf(data, order, pieces, progress("read", order.pages(len(pieces))))
        write(pdf, data)
        said |= {"pdf": str(pdf), "bytes": len(data), "read_back": report._asdict()}
    if zpl:
        text = _zpl(order, pieces)
        report = verify.zpl(text, order, pieces)
        write(zpl, text.encode())
        said |= {"zpl": str(zpl), "read_back": report._asdict()}
    if csv:
        write(csv, lists.written(order, pieces).encode())
        said |= {"list": str(csv)}
    answer(said, _story(said), as_json)


@main.command("zip")
@WHAT
@click.option("--svg", type=FilePath, help="Write a zip of SVG files: shapes only, no font needed.")
@click.option("--png", type=FilePath, help="Write a zip of PNG files, a pixel a dot.")
@click.option("--dpi", default=PROOF_DPI, help="Dots per inch of the pictures.")
@AS_JSON
def zip_(
    kind: str,
    host: str,
    count: int | None,
    source: Path | None,
    copies: int | None,
    module: float | None,
    company: str | None,
    svg: Path | None,
    png: Path | None,
    dpi: int,
    as_json: bool,
) -> None:
    """Labels one by one for plate makers, in their own size, with the run list."""
    if not (svg or png):
        raise click.UsageError("Name a file to write: --svg or --png.")
    order = sheets.order(kind, host, "A4", copies=copies, module=module, dpi=dpi, company=company)
    pieces = _pieces(order, count, source)
    said = _about(order, pieces, sample=source is None)
    if svg:
        data = archive.archive(order, pieces, "svg", progress("label", len(pieces)))
        report = verify.svgs(archive.members(data, "svg"), order, pieces)
        write(svg, data)
        said |= {"svg": str(svg), "bytes": len(data), "read_back": report._asdict()}
    if png:
        data = archive.archive(order, pieces, "png", progress("label", len(pieces)))
        report = verify.pngs(archive.members(data, "png"), order, pieces)
        write(png, data)
        said |= {"png": str(png), "bytes": len(data), "read_back": report._asdict()}
    answer(said, _story(said), as_json)


@main.command()
@click.option("--form", required=True, help=f"One of {', '.join(forms.names())}.")
@PRINTER
@click.option("--pdf", type=FilePath, required=True, help="Write a PDF.")
def ruler(form: str, right: float, down: float, across: float, along: float, pdf: Path) -> None:
    """A test page: the labels' outlines and two rulers. Print it at actual size and measure."""
    write(pdf, sheets.ruler(form, _printer(right, down, across, along)))
    click.echo(f"{pdf}: measure both rulers, then print with --across and --along.")


@main.command()
@HOST
@click.option("--form", help="All kinds on this form; else each on its own.")
@GS1
@AS_JSON
def plan(host: str, form: str | None, company: str | None, as_json: bool) -> None:
    """How large a host's symbols are and from how far each label is read. Ask before printing."""
    made = plans.plan(host, form, company)
    rows = [
        f"{made.host}: links of {made.characters} characters, symbols of version {made.version}, "
        f"{made.modules} modules a side, level {made.level}",
        "",
        f"{'kind':14}{'form':9}{'copies':>7}{'module mm':>11}{'symbol mm':>11}"
        f"{'with quiet':>12}{'reach m':>9}{'a page':>8}",
    ]
    rows += [
        f"{label.kind:14}{label.form:9}{label.copies:>7}{label.module or '-':>11}"
        f"{label.symbol or '-':>11}{label.with_quiet or '-':>12}{label.reach or '-':>9}"
        f"{label.per_page or '-':>8}"
        for label in made.labels
    ]
    rows += ["", *(f"Advice: {sentence}" for sentence in made.advice)] if made.advice else []
    answer(asdict(made), "\n".join(rows), as_json)


@main.command()
@click.argument("photos", nargs=-1, required=True, type=FilePath, metavar="PHOTO...")
@click.option("--host", "hosts", multiple=True, help="Ours; a link to any other host is named.")
@AS_JSON
def read(photos: tuple[Path, ...], hosts: tuple[str, ...], as_json: bool) -> None:
    """Read the codes in photos, however bad. Status 1 if one of them shows no code of ours."""
    found = [_seen(photo, hosts) for photo in photos]
    text = "\n".join(f"{one['photo']}: {one.get('shown') or one['problem']}" for one in found)
    answer({"photos": found}, text, as_json)
    if any("code" not in one for one in found):
        sys.exit(1)


def _seen(photo: Path, hosts: tuple[str, ...]) -> Said:
    try:
        with Image.open(photo) as picture:
            seen = rescue.read(ImageOps.exif_transpose(picture))
    except (UnidentifiedImageError, Image.DecompressionBombError, rescue.TooLarge) as refused:
        return {"photo": str(photo), "problem": str(refused)}
    if seen is None:
        return {"photo": str(photo), "problem": "No code can be read."}
    problem = ""
    for text in seen.texts:
        try:
            code = links.code_in(text, hosts)
        except (links.NotOurLink, codes.Unreadable) as refused:
            problem = str(refused)
        else:
            return {"photo": str(photo), "code": code, "shown": codes.show(code), "by": seen.by}
    return {"photo": str(photo), "problem": problem, "texts": seen.texts, "by": seen.by}


def _pieces(order: Order, count: int | None, source: Path | None) -> list[Piece]:
    """The labels of a list, or so many samples that say they are."""
    if (count is None) == (source is None):
        raise click.UsageError("Say how many: --count for sample codes, or --from a list.")
    if source:
        try:
            pieces = lists.read(source.read_text(encoding="utf-8"))
        except UnicodeDecodeError as wrong:
            raise click.UsageError(f"{source} is not UTF-8: save it as such.") from wrong
        for piece in pieces:
            order.layout.grade(piece)
        return pieces
    return samples.pieces(count or 0)


def _printer(right: float, down: float, across: float, along: float) -> Printer:
    if across <= 0 or along <= 0:
        raise click.UsageError("A ruler measures more than nothing.")
    return Printer(right, down, RULER / across, RULER / along)


def _zpl(order: Order, pieces: list[Piece]) -> str:
    layouts.check(order.layout, pieces)
    tick = progress("label", len(pieces))
    labels = []
    for number, piece in enumerate(pieces):
        labels.append(zpl_labels.zpl(order.layout, piece, order.symbol(piece)))
        tick(number)
    return "".join(labels)


def _about(order: Order, pieces: list[Piece], *, sample: bool) -> Said:
    layout, fit = order.layout, symbols.fit(order.prefix)
    warnings = []
    if fit.modules > plans.GOOD_MODULES:
        warnings.append(f"{fit.modules} modules: ask `python -m qr plan` about a shorter host.")
    if layout.module < plans.LOSS * layout.choice.module:
        warnings.append(
            f"On {layout.grid.form.name} the module is {layout.module:.2f} mm instead of "
            f"{layout.choice.module:g}: read from {layout.reach:.2f} m."
        )
    if sample:
        warnings.append("These are sample codes. No city accepts them.")
    return {
        "kind": layout.design.kind,
        "form": layout.grid.form.name,
        "labels": len(pieces),
        "pages": order.pages(len(pieces)),
        "modules": fit.modules,
        "level": fit.level,
        "module_mm": round(layout.module, 3),
        "reach_m": round(layout.reach, 2),
        "sample": sample,
        "warnings": warnings,
    }


def _story(said: Said) -> str:
    files = ", ".join(said[name] for name in ("pdf", "zpl", "svg", "png", "list") if name in said)
    return (
        f"{said['labels']} {said['kind']} labels, {said['pages']} page(s) of {said['form']}\n"
        f"{files}\n"
        f"{said['modules']} modules, level {said['level']}, {said['module_mm']:g} mm each, "
        f"read from {said['reach_m']:g} m\n"
        f"Read back: {said['read_back']['symbols']} symbols, all right"
    )


if __name__ == "__main__":
    main(prog_name="python -m qr")
