"""How labels are made: kind, form, symbols and printer, from what a person chose to a qr order."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from backend.errors import Invalid
from backend.house import house
from backend.models import Run
from qr import designs, forms, links, sheets, symbols
from qr.designs import Design
from qr.forms import RULER, BadForm, Printer
from qr.labels.arrange import TooSmall

OFF_MOST = 20  # mm; more, and it is the wrong paper.
STRETCHED_MOST = 10  # Percent; more, and "fit to page" is on.
DPI = 150, 2_400

SENTENCES = {
    "form": "There is no such form.",
    "grade": "Labels of this kind have no such grade.",
    "module_mm": "This kind has no such choice of symbols.",
    "company": "A GS1 company prefix is 4 to 12 digits.",
    "dpi": "A printer has 150 to 2,400 dots per inch.",
    "start": "Positions count from 1.",
    "right_mm": "A printer that is off by more than 20 mm has the wrong paper.",
    "down_mm": "A printer that is off by more than 20 mm has the wrong paper.",
    "across_mm": "A ruler off by more than 10 % means 'fit to page' is on: switch it off.",
    "along_mm": "A ruler off by more than 10 % means 'fit to page' is on: switch it off.",
}
"""What is said of each field."""


@dataclass(frozen=True)
class Make:
    """All that a run's labels share. The fields are those of the table `Run`."""

    kind: str
    host: str
    company: str | None
    form: str
    copies: int
    module_mm: float
    grade: str
    dpi: int
    start: int
    right_mm: float
    down_mm: float
    across_mm: float
    along_mm: float

    @property
    def design(self) -> Design:
        """The design of the kind."""
        return designs.design(self.kind)

    def order(self) -> sheets.Order:
        """The same for the presses of qr. Raises Invalid if they cannot do it."""
        try:
            return sheets.order(
                self.kind,
                self.host,
                self.form,
                copies=self.copies,
                module=self.module_mm,
                dpi=self.dpi,
                company=self.company,
                printer=self.printer,
                start=self.start,
            )
        except TooSmall:
            raise Invalid(
                errors={"form": ["This label cannot hold the symbol and its words."]}
            ) from None
        except symbols.TooLong:
            raise Invalid(errors={"company": ["The link is too long for a symbol."]}) from None
        except BadForm:
            raise Invalid(
                errors={"start": ["This form has no such position, or the label does not fit."]}
            ) from None

    @property
    def printer(self) -> Printer:
        """How the printer must be humoured."""
        return Printer(self.right_mm, self.down_mm, RULER / self.across_mm, RULER / self.along_mm)


def of_run(run: Run) -> Make:
    """How a run was ordered to be made."""
    return Make(**{each.name: getattr(run, each.name) for each in fields(Make)})


def chosen(form: Mapping[str, Any]) -> Make:
    """What somebody chose, with the usual where nothing was said. Raises Invalid."""
    kind = form.get("kind")
    if kind not in designs.kinds():
        raise Invalid(errors={"kind": ["There is no label of this kind."]})
    design = designs.design(kind)
    name = form.get("form") or design.form
    errors = said(_wrong(design, name, form))
    if errors:
        raise Invalid(errors=errors)
    choice = design.choice(form.get("copies"), form.get("module_mm"))
    made = Make(
        kind=kind,
        host=house().settings.printed_host,
        company=form.get("company") or None,
        form=name,
        copies=choice.copies,
        module_mm=choice.module,
        grade=form.get("grade") or "",
        dpi=form.get("dpi") or forms.form(name).dpi,
        start=form.get("start") or 1,
        right_mm=_number(form, "right_mm", 0),
        down_mm=_number(form, "down_mm", 0),
        across_mm=_number(form, "across_mm", RULER),
        along_mm=_number(form, "along_mm", RULER),
    )
    made.order()
    return made


def _wrong(design: Design, name: str, form: Mapping[str, Any]) -> Iterator[str]:
    if name not in forms.names():
        yield "form"
    if (form.get("grade") or "") not in ("", *design.grades):
        yield "grade"
    try:
        design.choice(form.get("copies"), form.get("module_mm"))
    except designs.UnknownDesign:
        yield "module_mm"
    try:
        links.prefix("q", form.get("company") or None)
    except ValueError:
        yield "company"
    dpi = form.get("dpi")
    if dpi and not DPI[0] <= dpi <= DPI[1]:
        yield "dpi"
    if (form.get("start") or 1) < 1:
        yield "start"
    yield from wrong_printer(form)


def wrong_printer(form: Mapping[str, Any]) -> Iterator[str]:
    """The fields that say what no printer can be off by."""
    for field in ("right_mm", "down_mm"):
        if abs(_number(form, field, 0)) > OFF_MOST:
            yield field
    for field in ("across_mm", "along_mm"):
        measured = _number(form, field, RULER)
        if measured <= 0 or abs(RULER / measured - 1) * 100 > STRETCHED_MOST:
            yield field


def said(wrong: Iterable[str]) -> dict[str, list[str]]:
    """Fields that are wrong, each with its sentence."""
    return {field: [SENTENCES[field]] for field in wrong}


def _number(form: Mapping[str, Any], field: str, usual: float) -> float:
    value = form.get(field)
    return float(usual if value is None else value)
