"""Ordering: what is wanted is checked whole, and only then are codes spent on it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.errors import Conflict, Invalid
from backend.models import Area, Run, RunPiece, Tag, keys
from backend.services import areas, inspections, tags, trail
from backend.services.runs import contents, lists, making
from backend.services.runs.contents import Wanted
from backend.services.runs.finding import find, number_of, reach, words_of
from backend.services.runs.lists import Line
from backend.services.runs.making import Make
from backend.services.runs.showing import view
from backend.services.tags import Subject
from backend.verbs import verb
from qr import plan as plans
from qr import sheets, symbols

BATCH = 500
SPOILED = "spoiled"


@dataclass(frozen=True)
class Plan:
    """An order that has been checked: it can be drawn, and by whom it may be given is known."""

    make: Make
    area: str
    count: int
    things: tuple[Wanted, ...]  # None of them: so many blanks.


def order_run(form: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """Order tags: `count` blanks, one each for `things` ({code, grade} or Line), or for all that is
    `untagged` in the area.

    Checked before the write transaction begins: laying out words takes seconds for a large run.
    """
    return keep(plan(form, by=by), by=by)


@verb("run.order", reads=True)
def plan(form: Mapping[str, Any], *, by: Actor) -> Plan:
    """Check an order, and keep nothing"""
    make = making.chosen(form)
    area = _area(form.get("area"), by)
    reach(by, "run.order", area.path)
    count, things, untagged = form.get("count"), form.get("things"), form.get("untagged")
    if (count is not None) + (things is not None) + bool(untagged) != 1:
        raise Invalid(errors={"things": ["Say how many blanks, or name what needs a tag."]})
    if untagged and contents.named(make.kind):
        things = contents.untagged(make.kind, area.path)
        if not things:
            raise Invalid(errors={"untagged": ["Everything of this kind has a tag there."]})
    if things is None and not untagged:
        lists.check_count(int(count or 0), by)
        if int(count or 0) < 1:
            raise Invalid(errors={"count": ["At least one."]})
        return Plan(make, area.code, int(count or 0), ())
    if things is None or not contents.named(make.kind):
        raise Invalid(
            errors={"things": ["Tags of this kind are ordered as blanks and bound on site."]}
        )
    lists.check_count(len(things), by)
    raw = map(_line, range(len(things)), things)
    lines, findings = lists.tidied(raw, make.design.grades, make.grade)
    if not lines:
        raise Invalid(errors={"things": [lists.SENTENCES["empty"]]})
    found = contents.wanted(make.kind, lines, area.path, findings)
    found = _on_their_ground(make, found)
    contents.check_words(make.order(), found)
    return Plan(make, area.code, len(found), tuple(found))


def _on_their_ground(make: Make, found: list[Wanted]) -> list[Wanted]:
    """Houses whose list names no grade are printed on the ground of the grade they have now."""
    if make.kind != "building":
        return found
    known = inspections.grades.of_buildings([one.thing for one in found if not one.grade])
    return [replace(one, grade=one.grade or known.get(one.thing, "")) for one in found]


@verb("run.order")
def keep(planned: Plan, replaces: int | None = None, *, by: Actor) -> dict[str, Any]:
    """Keep an order that was checked, and mint its codes"""
    area = areas.find(planned.area)
    reach(by, "run.order", area.path)
    run = Run.create(
        **asdict(planned.make),
        area=area,
        count=planned.count,
        replaces_id=replaces,
        ordered_at=clock.now(),
        ordered_by=by.name,
    )
    _keep_words(run.id, planned.things)
    subjects: list[Subject | None] = [one.subject for one in planned.things]
    subjects = subjects or [None] * planned.count
    tags.mint_for(run.id, planned.make.kind, subjects)
    trail.write(
        by,
        "run.order",
        area_path=area.path,
        facts={"run": number_of(run), "kind": run.kind, "pieces": run.count},
    )
    return view(run)


@verb("run.order")
def reorder(number: str, *, by: Actor) -> dict[str, Any]:
    """Order anew what was spoiled of a run: the same labels with new codes"""
    run = find(number, hold=True)
    reach(by, "run.order", run.area.path)
    gone = list(
        Tag.select()
        .where((Tag.run_id == run.id) & (Tag.end_reason == SPOILED) & Tag.replaced_by.is_null())
        .order_by(Tag.piece)
    )
    if not gone:
        raise Conflict(errors={"pieces": ["No piece of this run waits to be ordered anew."]})
    things = _again(run, gone)
    make = replace(making.of_run(run), start=1)
    made = keep(Plan(make, run.area.code, len(gone), things), run.id, by=by)
    fresh = Tag.select(Tag.code).where(Tag.run_id == find(made["number"]).id).order_by(Tag.piece)
    for old, new in zip(gone, fresh, strict=True):
        Tag.update(replaced_by=new.code).where(Tag.code == old.code).execute()
    return made


def _again(run: Run, gone: Sequence[Tag]) -> tuple[Wanted, ...]:
    """What the spoiled labels said, at what they should have hung."""
    said = words_of(run)
    return tuple(
        Wanted(
            row=row,
            thing=said[tag.piece].thing,
            title=said[tag.piece].title,
            place=said[tag.piece].place,
            grade=said[tag.piece].grade,
            subject=Subject(tag.building_id, tag.room_id, tag.facility_id),
        )
        for row, tag in enumerate(gone)
        if tag.piece in said
    )


@verb("run.order", reads=True)
def preview(form: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """What an order would become: pages, sizes, the first label; nothing is kept"""
    planned = plan(form, by=by)
    order = planned.make.order()
    first = planned.things[0] if planned.things else None
    return described(order) | {
        "form": planned.make.form,
        "count": planned.count,
        "pages": order.pages(planned.count),
        "first": {
            "title": first.title if first else "",
            "place": first.place if first else "",
            "grade": first.grade if first else planned.make.grade,
        },
    }


def described(order: sheets.Order) -> dict[str, Any]:
    """The sizes of a label, and what speaks against them."""
    layout, fit = order.layout, symbols.fit(order.prefix)
    return {
        "modules": fit.modules,
        "module_mm": round(layout.module, 2),
        "wished_mm": layout.choice.module,
        "label_mm": [round(side, 1) for side in layout.size],
        "reach_m": round(layout.reach, 2),
        "per_page": order.grid.per_page,
        "is_fine": fit.modules > plans.GOOD_MODULES,
        "is_small": layout.module < plans.LOSS * layout.choice.module,
    }


def _line(row: int, thing: Mapping[str, Any] | Line) -> Line:
    if isinstance(thing, Line):
        return thing
    return Line(row, str(thing.get("code") or ""), str(thing.get("grade") or ""))


def _area(code: str | None, by: Actor) -> Area:
    """The area a run is for: the one named, or the one the person is at home in."""
    chosen = code or by.home_area
    if chosen is None:
        raise Invalid(errors={"area": ["Say for which area."]})
    found = Area.get_or_none(Area.code == chosen)
    if found is None:
        raise Invalid(errors={"area": ["There is no such area."]})
    return found


def _keep_words(run: int, things: Sequence[Wanted]) -> None:
    rows = [
        {
            "id": keys.first(run) + piece,
            "thing": one.thing,
            "title": one.title,
            "place": one.place,
            "grade": one.grade,
        }
        for piece, one in enumerate(things, start=1)
    ]
    for start in range(0, len(rows), BATCH):
        RunPiece.insert_many(rows[start : start + BATCH]).execute()
