"""A registration: checked, judged by rules at once, and answered with the bike's own code.

`register` is for anybody with a phone that was proved, `write_down` for staff at a desk, who saw
the person.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend import clock, together
from backend.actor import Actor
from backend.db import to_ms
from backend.errors import Invalid, PhoneNotProved, TooManyReports
from backend.house import house
from backend.models import Area, Bike
from backend.prepared import Prepared
from backend.rules import approval, frames
from backend.rules import bikes as life
from backend.rules.approval import Asked, Decision
from backend.rules.frames import Frame
from backend.rules.identity import check_id_number, check_phone
from backend.services import allowances, notices, phones, photos, scope, tags, trail
from backend.services.bikes import owners, steps
from backend.services.bikes.owners import Person
from backend.verbs import verb

PHONE_MOST, PHONE_PER_S = 20.0, 1 / 3_600
"""Registrations under one phone: a shop's is not a citizen's."""
MOST_PHOTOS = 3

Answer = dict[str, Any]
"""`state`, `token` (of the owner's link), `code` (None unless registered) and `findings`."""


def register(form: Mapping[str, Any]) -> Answer:
    """Register a bike as whoever has proved `phone` by `proof`.

    `form`: name, id_number, phone, proof, area, brand, colour, frame; if wanted photos, language.
    Raises Invalid with a sentence for each field, PhoneNotProved or TooManyReports.
    """
    wanted = _checked(form)
    if not phones.is_proved(wanted.person.phone, form.get("proof")):
        raise PhoneNotProved()
    key = f"bike:{house().vault.index('phone', wanted.person.phone).hex()}"
    allowances.spend(key, most=PHONE_MOST, per_s=PHONE_PER_S, refusal=TooManyReports)
    return together.write(lambda: _taken(wanted, None))


@verb("bike.register")
def write_down(form: Mapping[str, Any], *, by: Actor) -> Answer:
    """Register a bike for somebody who stands at the desk with their papers"""
    wanted = _checked(form)
    scope.check_area(by, "bike.register", wanted.area_path)
    answer = _taken(wanted, by)
    facts = {"state": answer["state"], "tag": answer["code"]}
    trail.write(by, "bike.register", area_path=wanted.area_path, facts=facts)
    return answer


@dataclass(frozen=True)
class _Wanted:
    """A form in which every field is possible."""

    person: Person
    frame: Frame
    area_path: str
    brand: str
    colour: str
    photos: Sequence[str]
    language: str


def _checked(form: Mapping[str, Any]) -> _Wanted:
    """Every field is read, so that everything that is wrong is said at once."""
    found: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for field, read in READ.items():
        try:
            found[field] = read(form.get(field) or "")
        except Invalid as wrong:
            said: Any = wrong.facts.get("errors") or {}
            errors[field] = next(iter(said.values()), [wrong.sentence])
    if errors:
        raise Invalid(errors=errors)
    person = Person(found["name"], found["id_number"], found["phone"])
    language = str(form.get("language") or "zh_Hans")
    return _Wanted(
        person,
        found["frame"],
        found["area"],
        found["brand"],
        found["colour"],
        found["photos"],
        language,
    )


def _words(most: int) -> Callable[[Any], str]:
    def read(said: Any) -> str:
        text = " ".join(str(said).split())
        if not text or not text.isprintable():
            raise Invalid(errors={"words": ["Say it in a few words."]})
        if len(text) > most:
            raise Invalid(errors={"words": [f"At most {most} characters."]})
        return text

    return read


def _colour(said: Any) -> str:
    code = life.colour_of(str(said))
    if code is None:
        raise Invalid(errors={"colour": ["Choose a colour."]})
    return code


def _kept_in(said: Any) -> str:
    """The path of the area with this code."""
    row = _area.first(str(said))
    if row is None:
        raise Invalid(errors={"area": ["Choose where the bike is kept."]})
    return str(row[0])


def _photos(said: Any) -> tuple[str, ...]:
    if len(said) > MOST_PHOTOS:
        raise Invalid(errors={"photos": [f"At most {MOST_PHOTOS} photos."]})
    return tuple(said)


READ: Mapping[str, Callable[[Any], Any]] = {
    "name": _words(60),
    "id_number": lambda said: check_id_number(str(said), scope.day()),
    "phone": lambda said: check_phone(str(said)),
    "frame": lambda said: frames.read_frame(str(said), scope.day().year),
    "brand": _words(40),
    "colour": _colour,
    "area": _kept_in,
    "photos": _photos,
}
"""In the order of the form."""


def _taken(wanted: _Wanted, by: Actor | None) -> Answer:
    """Judge and keep it, in one transaction. Two with one frame: the second is judged anew."""
    decision = _judged(wanted)
    bike_id, now = steps.number(), to_ms(clock.now())
    if not _write_bike(bike_id, wanted, decision, now):
        decision = _judged(wanted)  # Somebody was quicker.
        assert _write_bike(bike_id, wanted, decision, now)
    token = owners.give(bike_id, wanted.person, "registered", wanted.language)
    facts = {"findings": [list(one) for one in decision.findings], "desk": by is not None}
    steps.write(bike_id, "register", decision.state, by.account_id if by else None, facts)
    photos.tie_to_bike(wanted.photos, bike_id, wanted.area_path, "bike")
    code = None
    if decision.state == "registered":
        code = tags.mint_bound("ebike", bike_id)
        _write_code.write(code, bike_id)
    elif decision.state == "review":
        facts = {"brand": wanted.brand, "reasons": ", ".join(decision.reasons())}
        notices.tell_role(
            "police_officer", wanted.area_path, "bike-review", facts, reaches_down=True
        )
    return {
        "state": decision.state,
        "token": token,
        "code": code,
        "findings": [one._asdict() for one in decision.findings],
    }


def _judged(wanted: _Wanted) -> Decision:
    standing = _standing.first(wanted.frame.number)
    asked = Asked(
        id_number=wanted.person.id_number,
        frame=wanted.frame,
        area_path=wanted.area_path,
        is_phone_proved=True,  # Else we were not here; at a desk a person saw the papers.
        is_frame_taken=standing is not None and standing[0] != "stolen",
        is_frame_stolen=standing is not None and standing[0] == "stolen",
        bikes_before=owners.bikes_of(wanted.person.id_number),
    )
    return approval.judge(asked, house().policy.bikes, scope.day())


def _write_bike(bike_id: int, wanted: _Wanted, decision: Decision, now: int) -> int:
    """One, or none if the frame was taken meanwhile. A contested frame stays with who has it."""
    contested = "not-stolen" in decision.reasons()
    lives = decision.state in life.LIVE and not contested
    return _write.write(
        bike_id,
        decision.state,
        wanted.frame.number,
        wanted.frame.number if lives else None,
        wanted.frame.form,
        wanted.brand,
        wanted.colour,
        wanted.area_path,
        now,
        now if decision.state == "registered" else None,
    )


def areas_served() -> list[dict[str, Any]]:
    """Where one may keep a bike that is registered here: streets, each with its communities."""
    found: list[dict[str, Any]] = []
    for code in house().policy.bikes.served:
        within = Area.path.contains(code) & Area.level.in_(("street", "community"))
        for row in Area.select().where(within & ~Area.is_virtual).order_by(Area.code):
            here = {"code": row.code, "name": row.name}
            if row.level == "street":
                found.append({**here, "below": []})
            elif found and row.code.startswith(found[-1]["code"]):
                found[-1]["below"].append(here)
    return found


_area = Prepared(lambda code: Area.select(Area.path).where(Area.code == code))
_standing = Prepared(lambda frame: Bike.select(Bike.state).where(Bike.frame_key == frame))
_write = Prepared(
    lambda bike, state, frame, key, form, brand, colour, area, now, registered: (
        Bike.insert(
            id=bike, state=state, frame=frame, frame_key=key, frame_form=form, brand=brand,
            colour=colour, area_path=area, asked_at=now, registered_at=registered, updated_at=now,
        ).on_conflict_ignore()
    )
)  # fmt: skip
_write_code = Prepared(lambda code, bike: Bike.update(code=code).where(Bike.id == bike))
