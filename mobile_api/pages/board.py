"""The board: what is late, whose it is and why, and the figures; every number leads to its list."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint

from backend.errors import Invalid
from backend.rules.figures import periods
from backend.services import areas, channels, figures, inspections, problems, units
from backend.services.figures import Asked, Which
from mobile_api import auth, boards, tables
from mobile_api.cursors import number as cursor
from mobile_api.pages.render import asked, page
from mobile_api.tables import Table

blp = Blueprint("board_pages", __name__, url_prefix="/board")

FILES = {"csv": tables.as_csv, "xlsx": tables.as_xlsx}
PER_PAGE = 30


@blp.get("")
def board() -> Any:
    """What is late now, and how a period went."""
    by, wanted = auth.current_actor(), _asked()
    facet = asked("by") or "unit"
    found = figures.overview(wanted, by=by)
    patrols = None if _is_of_cases(wanted) else inspections.overdue.overview(wanted.area, by=by)
    parts = figures.breakdown(wanted, facet, by=by)
    more = boards.of_patrols(patrols, wanted.area) if patrols and patrols["late"] else []
    shown = {table.key: table for table in boards.of_board(found, more)}
    shown["parts"] = boards.breakdown(parts)
    if kind := asked("format"):
        return _file(kind, f"board-{found['period']['last']}", list(shown.values()))
    return page(
        "board/board.html",
        found=found,
        tables=shown,
        patrols=patrols,
        patrols_link=boards.patrols_link(wanted.area),
        late_chart=boards.late_chart(found),
        course_chart=boards.course_chart(found),
        facet=facet,
        facets=figures.FACETS,
        query=urlencode(boards.query_of(found)),
        month=found["period"]["last"][:7],
        total=boards.link(found, why="any"),
        longest=boards.ago(found["late"]["since"]),
        **_choices(found),
    )


@blp.get("/patrols")
def patrols() -> Any:
    """The inspections behind a number."""
    kept = {name: asked(name) for name in ("area", "reason", "post") if asked(name)}
    found = inspections.overdue.listed(
        kept.get("area"),
        reason=kept.get("reason"),
        post=kept.get("post"),
        skip=cursor(asked("skip") or None) or 0,
        most=PER_PAGE,
        by=auth.current_actor(),
    )
    return page(
        "board/patrols.html",
        found=found,
        which=kept,
        following=urlencode({**kept, "skip": found["next"]}) if found["next"] else None,
    )


def _is_of_cases(wanted: Asked) -> bool:
    """Whether only cases were asked for: patrols have no unit, class or channel."""
    return any(one is not None for one in (wanted.unit, wanted.klass, wanted.channel))


@blp.get("/cases")
def cases() -> Any:
    """The cases behind a number."""
    names = ("why", "mark", "count", "lacks")
    which = {name: asked(name) for name in names if asked(name)}
    skip = cursor(asked("skip") or None) or 0
    wanted = _asked()
    found = figures.listed(
        wanted, Which(**which), skip=skip, most=PER_PAGE, by=auth.current_actor()
    )
    kept = {name: asked(name) for name in (*NAMES, *names) if asked(name)}
    return page(
        "board/cases.html",
        found=found,
        which=which,
        skip=skip,
        asked=wanted,
        words_of=boards.measure_words,
        back=urlencode({name: value for name, value in kept.items() if name in NAMES}),
        following=urlencode({**kept, "skip": found["next"]}) if found["next"] else None,
    )


@blp.get("/report/<month>")
def report(month: str) -> Any:
    """A month on paper."""
    found = figures.report(month, _asked(), by=auth.current_actor())
    shown = {table.key: table for table in boards.of_report(found)}
    if kind := asked("format"):
        return _file(kind, f"report-{month}", list(shown.values()))
    return page(
        "board/report.html",
        found=found,
        month=month,
        tables=shown,
        course_chart=boards.course_chart(found),
        kept_chart=boards.kept_chart(found["units"]),
        better=boards.told(found, found["better"]),
        worse=boards.told(found, found["worse"]),
        query=urlencode({k: v for k, v in boards.query_of(found).items() if k not in DAYS}),
    )


DAYS = ("since", "until", "period")
NAMES = ("area", "unit", "class", "channel", *DAYS)


def _asked() -> Asked:
    words = {name: asked(name) or None for name in NAMES}
    unit = "" if words["unit"] == "none" else words["unit"]
    return Asked(
        words["area"],
        unit,
        words["class"],
        words["channel"],
        words["period"],
        words["since"],
        words["until"],
    )


def _file(kind: str, name: str, shown: list[Table]) -> Any:
    make = FILES.get(kind)
    if make is None:
        raise Invalid(errors={"format": ["csv or xlsx."]})
    return make(name, shown)


def _choices(found: dict[str, Any]) -> dict[str, Any]:
    """What one can narrow the board by."""
    by = auth.current_actor()
    below = [
        one
        for area in found["areas"]
        for one in (area, *areas.tree(area["code"], by=by))
        if area["level"] != "grid"
    ]
    return {
        "areas": [{"code": one["code"], "name": one["name"]} for one in below],
        "units": units.all_units(),
        "channels": channels.channels(),
        "subjects": [one.as_dict() for one in problems.subjects().values()],
        "periods": periods.NAMES,
    }
