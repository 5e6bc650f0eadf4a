"""Drawing a run, or a part of it, in every format; and reading every file back before it leaves.

Nothing drawn is kept: the same rows give the same labels next year. Drawing takes its time, so it
is done between transactions and never while the database waits.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backend import turns
from backend.actor import Actor
from backend.errors import Invalid, LabelsWrong, RunNotReady
from backend.models import Run
from backend.services import trail
from backend.services.runs import contents, making
from backend.services.runs.finding import DEAD, find, number_of, reach, tags_of, words_of
from backend.services.runs.making import Make
from backend.verbs import settle, verb
from qr import archive, forms, lists, sheets, verify
from qr.forms import RULER, Printer
from qr.labels import zpl as zpl_labels
from qr.labels.layout import Piece
from qr.sheets import Order
from qr.verify import Failure, NotReleased, Report

Progress = Callable[[float], None]

OWN_SIZE, PROOF_DPI = "A4", 300  # Single labels for plate makers: the design's own size.
THERMAL = "100x60"
FINEST_THERMAL = 600  # dpi. There is no finer print head, and a bitmap grows with the square.
DRAWN = ("released", "printed", "issued")
SENTENCES = {
    "is not drawn as its matrix says": "The symbol is not drawn as it should be.",
    "does not decode to its link": "A phone cannot read this symbol.",
    "is not the symbol `qrcode` draws": "The symbol is not the one a second program draws.",
}
"""What reading back says of a label, and how we tell a person."""


@dataclass(frozen=True)
class Job:
    """Labels to draw: how, which pieces of the run, and what each says."""

    number: str
    make: Make
    pieces: tuple[int, ...]
    labels: tuple[Piece, ...]
    is_whole: bool


@dataclass(frozen=True)
class File:
    """A finished file that has been read back."""

    name: str
    mimetype: str
    data: bytes
    labels: int
    pages: int
    symbols: int


def draw(
    number: str,
    what: str,
    changes: Mapping[str, Any] | None = None,
    *,
    by: Actor,
    progress: Progress | None = None,
) -> File:
    """A run as one of FORMATS. `changes` may narrow it (first, last) and suit another sheet of
    paper or printer (start, right_mm, down_mm, across_mm, along_mm)."""
    job = chosen(number, what, changes or {}, by=by)
    return finished(job, what, "run.draw", by=by, progress=progress)


@verb("run.draw", reads=True)
def chosen(number: str, what: str, changes: Mapping[str, Any], *, by: Actor) -> Job:
    """Take the labels of a released run, or of a part of it, to be drawn"""
    if what not in FORMATS:
        raise Invalid(errors={"format": [f"One of {', '.join(FORMATS)}."]})
    run = find(number)
    reach(by, "run.draw", run.area.path)
    if run.state not in DRAWN:
        raise RunNotReady(state=run.state)
    job = job_of(run, changes)
    trail.write(
        by,
        "run.draw",
        area_path=run.area.path,
        facts={
            "run": job.number,
            "format": what,
            "from": job.pieces[0],
            "to": job.pieces[-1],
            "pieces": len(job.pieces),
        },
    )
    return job


def job_of(run: Run, changes: Mapping[str, Any]) -> Job:
    """The living labels of a run between `first` and `last`, in its own make or a changed one."""
    first, last = changes.get("first") or 1, changes.get("last") or run.count
    if not 1 <= first <= last <= run.count:
        raise Invalid(errors={"first": ["There are no such pieces in this run."]})
    tags = [tag for tag in tags_of(run, first, last) if tag.state not in DEAD]
    if not tags:
        raise Invalid(errors={"first": ["The codes of all these pieces are dead."]})
    said = words_of(run, first, last)
    labels = tuple(
        Piece(tag.code, said[tag.piece].title, said[tag.piece].place, said[tag.piece].grade)
        if tag.piece in said
        else Piece(tag.code, grade=run.grade)
        for tag in tags
    )
    pieces = tuple(int(tag.piece or 0) for tag in tags)
    make = _changed(making.of_run(run), changes)
    return Job(number_of(run), make, pieces, labels, len(pieces) == run.count)


CHANGES = ("start", "right_mm", "down_mm", "across_mm", "along_mm")


def _changed(make: Make, changes: Mapping[str, Any]) -> Make:
    given = {name: changes[name] for name in CHANGES if changes.get(name) is not None}
    wrong = making.said(making.wrong_printer(given))
    if wrong:
        raise Invalid(errors=wrong)
    return replace(make, **given)


# Neither PDFium nor an open typeface may be used by two threads at once.
press = threading.Lock()


def finished(
    job: Job, what: str, verb_name: str, *, by: Actor, progress: Progress | None = None
) -> File:
    """Draw and read back. Raises LabelsWrong, listing every piece that is not right."""
    mimetype, make = FORMATS[what]
    tick = progress or (lambda share: None)
    try:
        with turns.aside(), press:
            data, report = make(job, tick)
    except NotReleased as wrong:
        refusal = _labels_wrong(job, wrong.failures)
        refusal.asked = (by, verb_name)
        settle(refusal)
        raise refusal from None
    return File(_name(job, what), mimetype, data, report.labels, report.pages, report.symbols)


def _labels_wrong(job: Job, failures: Sequence[Failure]) -> LabelsWrong:
    errors: dict[int, list[str]] = {}
    for failure in failures:
        said = SENTENCES.get(failure.reason, failure.reason)
        errors.setdefault(job.pieces[failure.number - 1], []).append(said)
    return LabelsWrong(count=len(errors), errors={"pieces": errors})


def _check_words(order: Order, job: Job) -> None:
    """Words that cannot be drawn, piece by piece, as failures. Raises NotReleased."""
    failures = [
        Failure(number, piece.code, contents.SENTENCES[word])
        for number, piece in enumerate(job.labels, start=1)
        for word, _ in contents.faults(order, piece)
    ]
    if failures:
        raise NotReleased(failures)


def _pdf(job: Job, tick: Progress) -> tuple[bytes, Report]:
    order = job.make.order()
    _check_words(order, job)
    pages = order.pages(len(job.labels))
    data = sheets.pdf(order, job.labels, lambda page: tick((page + 1) / pages / 4))
    report = verify.pdf(
        data, order, job.labels, lambda page: tick(0.25 + 0.75 * (page + 1) / pages)
    )
    return data, report


def _zpl(job: Job, tick: Progress) -> tuple[bytes, Report]:
    paper = forms.form(job.make.form)
    is_single = paper.label is not None and paper.columns * paper.rows == 1
    make = job.make if is_single else _for_thermal(job.make)
    make = replace(make, dpi=min(make.dpi, FINEST_THERMAL))
    order = make.order()
    _check_words(order, job)
    labels = []
    for index, piece in enumerate(job.labels):
        labels.append(zpl_labels.zpl(order.layout, piece, order.symbol(piece)))
        tick((index + 1) / len(job.labels) / 2)
    text = "".join(labels)
    return text.encode(), verify.zpl(text, order, job.labels)


def _for_thermal(make: Make) -> Make:
    return replace(make, form=THERMAL, dpi=forms.form(THERMAL).dpi, start=1)


def _zip(kind: archive.Format) -> Callable[[Job, Progress], tuple[bytes, Report]]:
    read = {"svg": verify.svgs, "png": verify.pngs}[kind]

    def make(job: Job, tick: Progress) -> tuple[bytes, Report]:
        order = replace(job.make, form=OWN_SIZE, dpi=PROOF_DPI, start=1).order()
        _check_words(order, job)
        many = len(job.labels)
        data = archive.archive(
            order, job.labels, kind, lambda index: tick((index + 1) / many / 2), job.pieces
        )
        return data, read(archive.members(data, kind), order, job.labels)

    return make


def _csv(job: Job, tick: Progress) -> tuple[bytes, Report]:
    order = job.make.order()
    text = lists.written(order, job.labels, job.pieces)
    # With the mark, or a spreadsheet reads Chinese as something else.
    return b"\xef\xbb\xbf" + text.encode(), Report(len(job.labels), 0, 0)


FORMATS: Mapping[str, tuple[str, Callable[[Job, Progress], tuple[bytes, Report]]]] = {
    "sheet.pdf": ("application/pdf", _pdf),
    "labels.zpl": ("text/plain", _zpl),
    "svg.zip": ("application/zip", _zip("svg")),
    "png.zip": ("application/zip", _zip("png")),
    "list.csv": ("text/csv", _csv),
}
"""File name -> its media type and how it is made."""


def _name(job: Job, what: str) -> str:
    part = "" if job.is_whole else f"-{job.pieces[0]}-{job.pieces[-1]}"
    return f"{job.number}{part}-{what}"


@verb("run.draw", reads=True)
def ruler(form: str, printer: Mapping[str, Any] | None = None, *, by: Actor) -> File:
    """Draw the test page of a form: every label's outline and two rulers of 100 mm"""
    given = printer or {}
    wrong = making.said(making.wrong_printer(given))
    if form not in forms.names():
        wrong |= making.said(["form"])
    if wrong:
        raise Invalid(errors=wrong)
    humour = Printer(
        given.get("right_mm") or 0.0,
        given.get("down_mm") or 0.0,
        RULER / (given.get("across_mm") or RULER),
        RULER / (given.get("along_mm") or RULER),
    )
    with turns.aside(), press:
        data = sheets.ruler(form, humour)
    return File(f"{form}-ruler.pdf", "application/pdf", data, 0, 1, 0)
