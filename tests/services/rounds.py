"""A round through the village: two shops, a lamp, the forms, and those who look at them."""

import io
import secrets
import tomllib
from pathlib import Path
from typing import Any

from PIL import Image

from backend import clock
from backend.actor import SYSTEM, Actor
from backend.db import writing
from backend.models import Account, Area, Building, Duty, PatrolTask, SmallPlace, Unit, keys
from backend.rules.permits import Grant
from backend.services import facilities, inspections, photos

COMMUNITY = "440304004028"
FORMS = Path(__file__).parents[2] / "fixtures" / "forms"


def actor(number: int, role: str, area: str = COMMUNITY) -> Actor:
    path = Area.get_by_id(area).path
    return Actor(number, f"w{number}", f"W {number}", (Grant(role, path),), roles=(role,))


def account(name: str, role: str | None = None) -> int:
    """Somebody with a row, and with a duty at the first house if a role is named."""
    row = Account.create(
        name=name, full_name=name, password_hash="", created_at=clock.now(), area=COMMUNITY
    )
    if role:
        house = Building.select().order_by(Building.id).first()
        Duty.create(building_id=house.id, account=row, role=role, since="2026-01-01")
    return int(row.id)


def settle() -> None:
    """The forms of the house, two shops in the first house, a lamp before it, two offices."""
    for path in sorted(FORMS.glob("*.toml")):
        inspections.publishing.publish(tomllib.loads(path.read_text(encoding="utf-8")), by=SYSTEM)
    with writing():
        house = Building.select().order_by(Building.id).first()
        for serial in (1, 2):
            SmallPlace.create(
                id=keys.first(house.id) + serial,
                key=f"P{serial}",
                name=f"{serial}号店",
                kind="shop",
                room_id=keys.first(house.id) + serial,
            )
        Building.update(house_class="0102").execute()
        path = Area.get_by_id(COMMUNITY).path
        Unit.create(code="LD", name="路灯管理所", level="district", area_path=path)
    here = {"lat": 22.5244, "lon": 114.0582, "crs": "wgs84", "area": COMMUNITY}
    form = {"kind": "streetlight", "number": "L1", "owner_unit": "路灯管理所", **here}
    facilities.register(form, by=actor(900, "building_manager"))


AT_THE_DOOR = {
    "lat": 22.5245,
    "lon": 114.0584,
    "crs": "wgs84",
    "accuracy_m": 8,
    "age_ms": 1_000,
    "provider": "gps",
    "is_mock": False,
}


def photo(by: Actor) -> str:
    """A photo that nobody has used yet."""
    file = io.BytesIO()
    colour = tuple(secrets.token_bytes(3))
    Image.new("RGB", (48, 32), colour).save(file, "JPEG")
    return str(photos.keep(file.getvalue(), by=by)["id"])


def wrong(by: Actor, *, fixed: bool = False, **more: Any) -> dict[str, Any]:
    """What a worker says of something that is not as it should be."""
    said = {"result": "wrong", "photo": photo(by), **more}
    return {**said, "after": photo(by)} if fixed else said


def answers(form: str, **but: Any) -> dict[str, Any]:
    """All is well, but for what is named."""
    asked = inspections.publishing.show(form, None, by=SYSTEM)
    well = {item["code"]: "ok" for item in asked["items"] if item["type"] == "check"}
    if form == "rental_building":
        well["rental_kind"] = "village"
    return {**well, **but}


def sheet(subject: str = "place:P1", form: str = "small_place", **more: Any) -> dict[str, Any]:
    """An inspection as the phone sends it."""
    but = more.pop("but", {})
    return {
        "uuid": secrets.token_hex(16),
        "subject": subject,
        "form": form,
        "version": 1,
        "made_at": None,
        "fix": AT_THE_DOOR,
        "visit": None,
        "answers": answers(form, **but),
        **more,
    }


def inspects(by: Actor, subject: str = "place:P1", **but: Any) -> dict[str, Any]:
    """Somebody looks at a thing by the form that it is patrolled with."""
    form = {"place": "small_place", "building": "rental_building"}.get(subject.split(":")[0])
    return inspections.submit(sheet(subject, form or "streetlight", but=but), by=by)


def open_tasks(subject: str | None = None) -> list[tuple[str, str]]:
    """(reason, due) of what is still to be done."""
    rows = PatrolTask.select().where(PatrolTask.done_at.is_null()).order_by(PatrolTask.id)
    return [(row.reason, row.due) for row in rows if subject in (None, row.subject)]


def asked(form: str) -> list[dict[str, Any]]:
    """The items of a form."""
    return list(inspections.publishing.show(form, None, by=SYSTEM)["items"])
