"""A registration: checked, judged by rules at once, and answered with the bike's own code.

`register` is for anybody with a phone that was proved, `write_down` for staff at a desk, who saw
the person.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from backend import clock, together
from backend.actor import Actor
from backend.db import to_ms
from backend.errors import BadFrame, BadIdNumber, BadPhone, Invalid, PhoneNotProved, TooManyReports
from backend.house import house
from backend.models import Area, Bike
from backend.prepared import Prepared
from backend.rules import approval, frames
from backend.rules import bikes as life
from backend.rules.approval import Asked, Decision
from backend.rules.deadlines import CHINA
from backend.rules.frames import Frame
from backend.rules.identity import check_id_number, check_phone
from backend.services import allowances, notices, phones, photos, scope, tags, trail
from backend.services.bikes import owners, steps
from backend.services.bikes.owners import Person
from backend.verbs import verb

MOST = {"name": 60, "brand": 40}
"""Characters."""
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


class _Wanted:
    """A form in which every field is possible."""

    __slots__ = ("area_path", "brand", "colour", "frame", "language", "person", "photos")

    def __init__(
        self,
        person: Person,
        frame: Frame,
        area_path: str,
        brand: str,
        colour: str,
        photos: Sequence[str],
        language: str,
    ) -> None:
        self.person, self.frame, self.area_path = person, frame, area_path
        self.brand, self.colour, self.photos, self.language = brand, colour, photos, language


def _checked(form: Mapping[str, Any]) -> _Wanted:
    today, errors = china_today(), dict[str, list[str]]()
    name, brand = (_words(form, field, errors) for field in ("name", "brand"))
    colour = life.colour_of(str(form.get("colour") or ""))
    if colour is None:
        errors["colour"] = ["Choose a colour."]
    id_number = frame = phone = None
    try:
        id_number = check_id_number(str(form.get("id_number") or ""), today)
    except BadIdNumber as wrong:
        errors["id_number"] = [wrong.sentence]
    try:
        phone = check_phone(str(form.get("phone") or ""))
    except BadPhone as wrong:
        errors["phone"] = [wrong.sentence]
    try:
        frame = frames.read_frame(str(form.get("frame") or ""), today.year)
    except BadFrame as wrong:
        errors["frame"] = [wrong.sentence]
    area = _area.first(str(form.get("area") or ""))
    if area is None:
        errors["area"] = ["Choose where the bike is kept."]
    pictures = tuple(form.get("photos") or ())
    if len(pictures) > MOST_PHOTOS:
        errors["photos"] = [f"At most {MOST_PHOTOS}."]
    if errors:
        raise Invalid(errors=errors)
    assert area  # Else there are errors; so below.
    assert frame
    assert colour
    person = Person(name, id_number or "", phone or "")
    language = str(form.get("language") or "zh_Hans")
    return _Wanted(person, frame, area[0], brand, colour, pictures, language)


def _words(form: Mapping[str, Any], field: str, errors: dict[str, list[str]]) -> str:
    text = " ".join(str(form.get(field) or "").split())
    if not text or not text.isprintable():
        errors[field] = ["Say it in a few words."]
    elif len(text) > MOST[field]:
        errors[field] = [f"At most {MOST[field]} characters."]
    return text


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
        notices.tell_role("police_officer", wanted.area_path, "bike-review", facts)
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
    return approval.judge(asked, house().policy.bikes, china_today())


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


def china_today() -> date:
    """The day on the wall in China."""
    return clock.now().astimezone(CHINA).date()


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
