"""The board's tables: each number with the list behind it, the same for the page and its files."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext

from backend import clock
from backend.rules.figures import table as figures
from mobile_api import charts, words
from mobile_api.charts import Bar, Pair
from mobile_api.tables import NOTHING, Cell, Table

Plain = dict[str, Any]
LIST = "/board/cases"
SHOWN = ("kept", "prompt", "once", "returned", "accepted", "reworked", "answered_soon", "pleased")
"""Figures that stand in the columns of a breakdown; the files hold them all."""
ALL = tuple(figures.FIGURES)


def query_of(found: Plain, **more: Any) -> dict[str, str]:
    """What the board was asked for, as the parameters of an address."""
    asked = {name: found.get(name) for name in ("area", "unit", "class", "channel")}
    if asked["unit"] == "":
        asked["unit"] = "none"
    days = {"since": found["period"]["first"], "until": found["period"]["last"]}
    return {name: str(value) for name, value in {**asked, **days, **more}.items() if value}


def link(found: Plain, **more: Any) -> str:
    """The list behind a number."""
    return f"{LIST}?{urlencode(query_of(found, **more))}"


def percent(share: float | None) -> str:
    return NOTHING if share is None else f"{share:.1%}"


def lasting(seconds: float | None) -> str:
    """A duration as one says it."""
    if seconds is None:
        return NOTHING
    if seconds < 120:
        return gettext("%(n)s s", n=round(seconds))
    if seconds < 7_200:
        return gettext("%(n)s min", n=round(seconds / 60))
    if seconds < 172_800:
        return gettext("%(n)s h", n=f"{seconds / 3600:.1f}")
    return gettext("%(n)s days", n=f"{seconds / 86_400:.1f}")


def ago(since: datetime | None) -> str:
    return NOTHING if since is None else lasting((clock.now() - since).total_seconds())


# --- Late ----------------------------------------------------------------------------------


def late_by_why(found: Plain) -> Table:
    rows = [
        [
            Cell(words.word(one["why"], "late_why")),
            _count(one["cases"], link(found, why=one["why"])),
            Cell(ago(one["since"])),
        ]
        for one in found["late"]["why"]
    ]
    head = [gettext("Why"), gettext("Cases"), gettext("Longest for")]
    return Table("why", gettext("Why they are late"), head, rows)


def late_by_unit(found: Plain) -> Table:
    """Whoever has most of them first; a column for each reason that there is."""
    reasons = [one["why"] for one in found["late"]["why"] if one["cases"]]
    rows = []
    for one in found["late"]["units"]:
        code = one["unit"]["code"] if one["unit"] else "none"
        name = one["unit"]["name"] if one["unit"] else gettext("No unit yet")
        cells = [Cell(name, f"/board?{urlencode(query_of(found, unit=code))}")]
        cells.append(_count(one["cases"], link(found, unit=code, why="any")))
        cells += [
            _count(one["why"].get(why, 0), link(found, unit=code, why=why)) for why in reasons
        ]
        rows.append([*cells, Cell(ago(one["since"]))])
    head = [
        gettext("Unit"),
        gettext("Late"),
        *(words.word(why, "late_why_short") for why in reasons),
        gettext("Longest for"),
    ]
    return Table("late", gettext("Whose they are"), head, rows)


def marks(found: Plain) -> Table:
    rows = [
        [
            Cell(words.word(one["mark"], "board_mark")),
            _count(one["cases"], link(found, mark=one["mark"])),
        ]
        for one in found["late"]["marks"]
    ]
    return Table("marks", gettext("To look at"), [gettext("Open cases"), gettext("Cases")], rows)


def _count(count: int, href: str) -> Cell:
    return Cell(str(count), href if count else None, count)


# --- Patrols -------------------------------------------------------------------------------


def patrols_link(area: str | None, **which: str) -> str:
    """The inspections behind a number."""
    asked = {name: value for name, value in {"area": area, **which}.items() if value}
    return f"/board/patrols?{urlencode(asked)}" if asked else "/board/patrols"


def of_patrols(found: Plain, area: str | None) -> list[Table]:
    """What is late of inspections: by area, and by post; nobody is named."""
    reasons = [one["reason"] for one in found["reasons"] if one["late"]]
    head = [gettext("Late"), *(words.word(one, "task_reason") for one in reasons)]
    by_area = [
        _patrol_row(Cell(one["name"] or one["code"]), one, reasons, one["code"], {})
        for one in found["areas"]
    ]
    by_post = [
        _patrol_row(
            Cell(words.tongue(one["title"]) if one["title"] else gettext("any who inspect there")),
            one,
            reasons,
            area,
            {"post": one["post"]},
        )
        for one in found["posts"]
    ]
    return [
        Table("patrols-area", gettext("Where"), [gettext("Area"), *head], by_area),
        Table("patrols-post", gettext("Whose post"), [gettext("Post"), *head], by_post),
    ]


def _patrol_row(
    name: Cell, row: Plain, reasons: list[str], area: str | None, which: dict[str, str]
) -> list[Cell]:
    counts = [
        _count(row["reasons"][one], patrols_link(area, reason=one, **which)) for one in reasons
    ]
    return [name, _count(row["late"], patrols_link(area, **which)), *counts]


# --- Figures -------------------------------------------------------------------------------


def shares(found: Plain) -> Table:
    """Every figure with what it is made of, what it lacks, and how it was before."""
    rows = []
    for one in found["figures"]:
        whole = _of(found, one["whole"], one["whole_of"])
        part = _of(found, one["part"], one["part_of"])
        rows.append(
            [
                Cell(words.chosen(one["zh"], one["en"])),
                Cell(percent(one["share"]), None, one["share"]),
                part,
                whole,
                _missed(found, one),
                Cell(*_before(one)),
            ]
        )
    head = [
        gettext("Figure"),
        gettext("Share"),
        gettext("Counted"),
        gettext("Of"),
        gettext("Not so"),
        gettext("Before"),
    ]
    return Table("figures", gettext("Figures"), head, rows)


def _of(found: Plain, count: int, measure: str) -> Cell:
    if measure in figures.WEIGHED:  # Reports, not cases: there is no list of them here.
        return Cell(str(count), None, count)
    return _count(count, link(found, count=measure))


def _missed(found: Plain, one: Plain) -> Cell:
    missed = one["whole"] - one["part"]
    part, whole = one["part_of"], one["whole_of"]
    if part in figures.WEIGHED:
        return Cell(str(missed), None, missed)
    return _count(missed, link(found, count=whole, lacks=part))


def _before(one: Plain) -> tuple[str, None, float | None]:
    was = one["before"]
    if was is None or was["share"] is None:
        return NOTHING, None, None
    return f"{percent(was['share'])}{_trend(one)}", None, was["share"]


def _trend(one: Plain) -> str:
    """Better or worse than before, as a sign beside the number and in no colour alone."""
    if one["share"] is None or one["share"] == one["before"]["share"]:
        return ""
    return " ↑" if one["share"] > one["before"]["share"] else " ↓"


def stages(found: Plain) -> Table:
    rows = [
        [
            Cell(words.chosen(one["zh"], one["en"])),
            Cell(lasting(one["median_s"])),
            Cell(lasting(one["p90_s"])),
            Cell(str(one["cases"]), None, one["cases"]),
            Cell(lasting(one["before_s"])),
        ]
        for one in found["stages"]
    ]
    head = [
        gettext("Stage"),
        gettext("Median"),
        gettext("Nine of ten within"),
        gettext("Cases"),
        gettext("Median before"),
    ]
    return Table("stages", gettext("How long it takes"), head, rows)


def counts(found: Plain) -> Table:
    known = found["counts"]
    names = ("received", "dispatched", "closed", "owed", "deferred", "voided")
    rows = [
        [
            Cell(words.chosen(figures.MEASURES[name].zh, figures.MEASURES[name].en)),
            _of(found, known[name], name),
        ]
        for name in names
    ]
    return Table("counts", gettext("Counts"), [gettext("Cases"), gettext("Count")], rows)


def breakdown(found: Plain, names: tuple[str, ...] = SHOWN) -> Table:
    """A row for each unit, level, area, class or channel."""
    head = [words.word(found["by"], "board_by")]
    has_late = any(row["late"] is not None for row in found["rows"])
    head += [gettext("Late now")] * has_late + [gettext("Received"), gettext("Closed")]
    head += [words.chosen(figures.FIGURES[one].zh, figures.FIGURES[one].en) for one in names]
    rows = []
    for row in found["rows"]:
        narrow = {found["by"]: row["code"] or "none"} if found["by"] != "level" else None
        cells = [_named(found, row, narrow)]
        if has_late:
            cells.append(_linked(found, row["late"] or 0, narrow, why="any"))
        cells += [
            _linked(found, row["counts"][name], narrow, count=name)
            for name in ("received", "closed")
        ]
        known = {one["name"]: one for one in row["figures"]}
        cells += [_share(known[one]) for one in names]
        rows.append(cells)
    return Table(f"by-{found['by']}", words.word(found["by"], "board_by"), head, rows)


def _named(found: Plain, row: Plain, narrow: Mapping[str, str] | None) -> Cell:
    if found["by"] == "level":
        return Cell(words.word(row["code"], "unit_level"))
    name = words.tongue(row["name"]) if row["name"] else row["code"] or gettext("No unit yet")
    return Cell(name, f"/board?{urlencode(query_of(found, **(narrow or {})))}")


def _linked(found: Plain, number: int, narrow: Mapping[str, str] | None, **which: str) -> Cell:
    if narrow is None:
        return Cell(str(number), None, number)
    return _count(number, link(found, **narrow, **which))


def _share(one: Plain) -> Cell:
    """A share with what it is made of."""
    if one["share"] is None:
        return Cell(NOTHING)
    return Cell(f"{percent(one['share'])} ({one['part']}/{one['whole']})", None, one["share"])


# --- Charts --------------------------------------------------------------------------------


def late_chart(found: Plain) -> Any:
    rows = found["late"]["units"]
    most = max((one["cases"] for one in rows), default=0) or 1
    shown = [
        Bar(
            one["unit"]["name"] if one["unit"] else gettext("No unit yet"),
            one["cases"] / most,
            str(one["cases"]),
        )
        for one in rows
    ]
    return charts.bars(gettext("Late cases by unit"), shown) if shown else None


def course_chart(found: Plain) -> Any:
    columns = [
        Pair(
            one["span"][5:] if len(one["span"]) > 7 else one["span"], one["received"], one["closed"]
        )
        for one in found["series"]
    ]
    names = gettext("received"), gettext("closed")
    return charts.pairs(gettext("Cases received and closed"), names, columns)


def kept_chart(rows: list[Plain]) -> Any:
    """How many of each unit's cases were closed in time; units without any due are left out."""
    shown = []
    for row in rows:
        kept = next(one for one in row["figures"] if one["name"] == "kept")
        if kept["share"] is not None:
            name = words.tongue(row["name"]) if row["name"] else row["code"]
            text = f"{percent(kept['share'])}"
            shown.append(Bar(name or gettext("No unit yet"), kept["share"], text))
    return charts.bars(gettext("Closed in time by unit"), shown) if shown else None


def course(found: Plain) -> Table:
    rows = [
        [
            Cell(one["span"]),
            Cell(str(one["received"]), None, one["received"]),
            Cell(str(one["closed"]), None, one["closed"]),
        ]
        for one in found["series"]
    ]
    head = [gettext("Day or month"), gettext("received"), gettext("closed")]
    return Table("course", gettext("Cases received and closed"), head, rows)


def measure_words(name: str) -> str:
    """What is counted, in the reader's words; of what we do not know, nothing."""
    known = figures.MEASURES.get(name)
    return words.chosen(known.zh, known.en) if known else ""


def told(found: Plain, names: list[str]) -> list[str]:
    """Figures that have moved, as sentences."""
    known = {one["name"]: one for one in found["figures"]}
    return [
        gettext(
            "%(figure)s: %(now)s, before %(before)s",
            figure=words.chosen(known[name]["zh"], known[name]["en"]),
            now=percent(known[name]["share"]),
            before=percent(known[name]["before"]["share"]),
        )
        for name in names
    ]


# --- All tables of a page, in its order -----------------------------------------------------


def of_board(found: Plain, patrols: Sequence[Table] = ()) -> list[Table]:
    return [
        late_by_why(found),
        late_by_unit(found),
        marks(found),
        *patrols,
        shares(found),
        stages(found),
        counts(found),
        course(found),
    ]


def of_report(found: Plain) -> list[Table]:
    return [
        shares(found),
        stages(found),
        counts(found),
        breakdown({**found, "by": "level", "rows": found["levels"]}),
        breakdown({**found, "by": "unit", "rows": found["units"]}),
        course(found),
    ]
