"""Before anything is printed: how large the symbols of a host are, and from where they are read.

A host is printed for ever, so its length is worth a look. Every character adds eight bits; beyond
some length the symbol grows by four modules a side, and every label's reach shrinks with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from qr import designs, forms, links, symbols
from qr.designs import REACH
from qr.labels import arrange
from qr.labels.arrange import TooSmall
from qr.symbols import QUIET

GOOD_MODULES = 29  # Version 3. More modules on the same label are finer and read from less far.
LOSS = 0.95  # A module this much smaller than the design's is worth a warning.


@dataclass(frozen=True)
class Label:
    """One kind on one form. Lengths in mm, `reach` in metres; none where nothing fits."""

    kind: str
    form: str
    copies: int
    wished: float
    module: float | None = None
    symbol: float | None = None
    with_quiet: float | None = None
    reach: float | None = None
    per_page: int | None = None


@dataclass(frozen=True)
class Plan:
    """The symbols of one host, the labels they go on, and what speaks against them."""

    host: str
    characters: int
    version: int
    modules: int
    level: str
    labels: tuple[Label, ...]
    warnings: tuple[str, ...]
    advice: tuple[str, ...]


def plan(host: str, form: str | None = None, company: str | None = None) -> Plan:
    """All kinds on their own forms, or on the one named; raises BadHost or TooLong."""
    name, prefix = links.host_name(host), links.prefix(host, company)
    fit = symbols.fit(prefix)
    labels = tuple(
        _label(kind, choice, form, fit.modules, name)
        for kind in designs.kinds()
        for choice in designs.design(kind).choices
    )
    return Plan(
        host=name,
        characters=len(prefix) + 12,
        version=fit.version,
        modules=fit.modules,
        level=fit.level,
        labels=labels,
        warnings=(*_too_long(name, fit, company), *map(_about_label, _poor(labels))),
        advice=tuple(_shorter(fit, company)),
    )


def _label(kind: str, choice: designs.Choice, form: str | None, modules: int, host: str) -> Label:
    design = designs.design(kind)
    paper = forms.form(form or design.form)
    label = Label(kind, paper.name, choice.copies, choice.module)
    try:
        layout = arrange.lay_out(design, choice, paper, modules, host)
    except TooSmall:
        return label
    side = layout.stamps[0].side
    return Label(
        kind,
        paper.name,
        choice.copies,
        choice.module,
        module=round(layout.module, 3),
        symbol=round(side, 1),
        with_quiet=round(side + 2 * layout.quiet, 1),
        reach=round(layout.reach, 2),
        per_page=layout.grid.per_page,
    )


def _too_long(host: str, fit: symbols.Fit, company: str | None) -> Iterator[str]:
    if fit.modules > GOOD_MODULES:
        best = longest_host(symbols.Fit(3, "Q"), company)
        farther = (fit.modules + 2 * QUIET) / (GOOD_MODULES + 2 * QUIET) - 1
        yield (
            f"{fit.modules} modules: {host} has {len(host)} characters. With at most {best} the "
            f"symbol has {GOOD_MODULES}, and the same label is read from {farther:.0%} farther off."
        )


def _shorter(fit: symbols.Fit, company: str | None) -> Iterator[str]:
    strong = longest_host(symbols.Fit(fit.version, "H"), company)
    if fit.level != "H" and strong > 0:
        yield (
            f"Error correction is level {fit.level}. With a host of at most {strong} characters a "
            "symbol of the same size takes level H, which reads under more dirt."
        )


def longest_host(fit: symbols.Fit, company: str | None = None) -> int:
    """How many characters a host may have for a symbol of this version and at least this level."""
    return symbols.room(fit) - (len(links.prefix("q", company)) - 1)


def _poor(labels: tuple[Label, ...]) -> list[Label]:
    return [label for label in labels if label.module is None or label.module < LOSS * label.wished]


def _about_label(label: Label) -> str:
    said = f"{label.kind} on {label.form}: "
    if label.module is None:
        return f"{said}{label.copies} symbol(s) and their words do not fit."
    wished = label.wished * REACH / 1000
    return (
        f"{said}the module is {label.module:g} mm instead of {label.wished:g}, "
        f"read from {label.reach:g} m instead of {wished:.2g}."
    )
