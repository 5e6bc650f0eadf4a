"""A building of the matrix, with one of everything that a request may name."""

import io
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from PIL import Image

from backend import clock
from backend.actor import SYSTEM
from backend.db import writing
from backend.house import house as opened
from backend.models import (
    Account,
    Address,
    Bike,
    Building,
    Business,
    Case,
    Device,
    Duty,
    Event,
    Facility,
    LookUp,
    PatrolTask,
    Residence,
    Resident,
    RoleGrant,
    Room,
    Run,
    Tag,
    Topic,
    Unit,
    UnitMessage,
    keys,
)
from backend.services import bikes, cases, inspections, outbox, photos, reports, runs, tags
from backend.services.inspections import tasks
from backend.services.places import buildings
from tests import riders
from tests.town import House


@dataclass
class Place:
    """`district` and `area` are codes; everything else names a row, as a request would."""

    house: House
    id: int
    district: str
    area: str
    target: str  # Where the building may be moved to.
    account: str
    device: str  # Of the account.
    grant: int
    duty: int
    alias: int
    version: str
    room: str
    other_room: str
    resident: int
    id_number: str
    business: int
    event: int
    facility: str
    extinguisher: str  # A tag that hangs there.
    blanks: dict[str, str]  # Kind -> a blank that was handed out to the area's team.
    runs: dict[str, str]  # State -> the number of a print run; "spoiled": with a spoiled piece.
    case: str  # A lamp of the place that is dark.
    token: str  # Of a report about something else there that is done.
    done: str  # Its case.
    photo: str  # That somebody else took there.
    bikes: dict[str, dict[str, Any]]  # State, or "offered" -> token, code, id, phone, link.
    topic: int  # That many tell of there.
    unit: str  # Of the place.
    unit_message: int  # To that unit, about the case; it waits.
    inspection: str  # Of the building, by its uuid, with a hazard that has a day.
    notice: str  # Its owner's notice, by the code.
    hazard: int
    task: int  # A record to verify.
    campaign: int


def place_at(house: House, account: str, target: str) -> Place:
    building = buildings.find_building(house.code)
    within = (keys.first(building.id), keys.last(building.id))
    rooms = list(Room.select().where(Room.id.between(*within)).order_by(Room.id).limit(2))
    tie = Residence.select().where(Residence.id.between(*within) & Residence.until.is_null())
    home = tie.order_by(Residence.id.desc()).first()
    # One of them moves out next year, so that `until` has something to hide.
    Residence.update(until="2027-06-30").where(Residence.id == home.id).execute()
    person = Account.get(Account.name == account)
    business = Business.select().where(Business.id.between(*within)).order_by(Business.id).first()
    event = Event.select().where(Event.id.between(*within)).order_by(Event.id).first()
    alias = Address.select().where(Address.id.between(*within) & (Address.kind != "standard"))
    duty = Duty.select().where((Duty.building_id == building.id) & Duty.until.is_null())
    return Place(
        house=house,
        id=building.id,
        district=building.area.path.split("/")[1],
        area=building.area.code,
        target=target,
        account=account,
        device=_device(account),
        grant=RoleGrant.get(RoleGrant.account == person).id,
        duty=duty.order_by(Duty.id).first().id,
        alias=alias.order_by(Address.id).first().id - keys.first(building.id),
        version=str(building.version),
        room=rooms[0].code,
        other_room=rooms[1].code,
        resident=home.id,
        id_number=_id_number_of(home.resident_id),
        business=business.id,
        event=event.id,
        facility=_facility(building),
        extinguisher=Tag.get((Tag.building_id == building.id) & (Tag.kind == "extinguisher")).code,
        blanks={kind: blank(building.area.code, kind) for kind in ("building", "extinguisher")},
        runs={state: _run(building.area.code, state) for state in RUN_STATES},
        case=_case(building),
        **_done(building),
        photo=_photo(building.area.path),
        bikes=_bikes(building.area.code, account),
        topic=_topic(building.area.path),
        **_unit(building),
        **_inspected(building),
    )


def _unit(building: Building) -> dict[str, Any]:
    """A unit of the place, and a message to it."""
    code = f"U-{building.id}"
    Unit.create(code=code, name=code, level="grid", area_path=building.area.path)
    case = Case.select().where(Case.area_path == building.area.path).first()
    with writing():
        outbox.tell_unit(case, "dispatched", unit=code)
    return {"unit": code, "unit_message": UnitMessage.get(UnitMessage.unit == code).id}


def blank(area: str, kind: str = "building") -> str:
    """A tag fresh from the printer, handed out to the team of an area."""
    run = Run.create(
        state="issued",
        kind=kind,
        area=area,
        count=1,
        host="q.example.cn",
        form="L7160",
        copies=1,
        module_mm=1.0,
        dpi=300,
        ordered_at=clock.now(),
        ordered_by="mei",
        issued_to=area,
    )
    [code] = tags.mint_for(run.id, kind, [None])
    tags.move_run(run.id, "printed")
    tags.move_run(run.id, "issued")
    return code


RUN_STATES = ("ordered", "released", "printed", "spoiled")


def _run(area: str, state: str) -> str:
    """A run of two bins for the area; what it takes to draw and read them is left out."""
    form = {"kind": "bin", "count": 2, "area": area}
    number = str(runs.order_run(form, by=SYSTEM)["number"])
    if state != "ordered":
        Run.update(state="released").where(Run.id == int(number[6:])).execute()
    if state == "printed":
        runs.mark_printed(number, by=SYSTEM)
    if state == "spoiled":
        runs.spoil(number, [1], by=SYSTEM)
    return number


def _done(building: Building) -> dict[str, str]:
    form = {"things": [{"facility": _facility(building)}], "problem": "rust"}
    filed = reports.file(form, channel="scan")
    number = str(filed["cases"][0]["number"])
    done = {"state": "closed", "open_key": None, "closed_at": clock.now()}
    Case.update(done).where(Case.id == cases.find(number).id).execute()
    return {"token": filed["token"], "done": number}


def _case(building: Building) -> str:
    facility = _facility(building)
    form = {"things": [{"facility": facility}], "problem": "dark", "phone": "19900000000"}
    return str(reports.file(form, channel="scan")["cases"][0]["number"])


def _bikes(area: str, account: str) -> dict[str, dict[str, Any]]:
    states = ("registered", "stolen", "review", "rejected")
    found = {state: riders.ridden(area, state=state) for state in states}
    offered = riders.ridden(area)
    link = bikes.offer(offered["token"], "13900000000")["token"]
    fleet = riders.ridden(area)  # Here of the handler's company, there of another.
    company = Account.get(Account.name == "wu").unit if account == "liu" else "OTHERS"
    Bike.update(operator=company).where(Bike.id == fleet["id"]).execute()
    more = {"offered": {**offered, "link": link}, "delayed": _delayed(area), "fleet": fleet}
    return {**found, **more}


def _delayed(area: str) -> dict[str, Any]:
    """One that an officer looked up, who asks that its owner shall not read it yet."""
    bike = riders.ridden(area)
    now = clock.now()
    row = LookUp.create(
        bike_id=bike["id"],
        account_id=1,
        at=now,
        role="police_officer",
        case_number="A2026-1",
        reason="theft",
        hidden_until=now + timedelta(days=1),
        delay_asked=3,
    )
    return {**bike, "look_up": row.id}


def _topic(area_path: str) -> int:
    now = clock.now()
    times = {"found_at": now, "first_at": now, "last_at": now}
    row = Topic.create(
        state="open", phrase="搅拌站", grams="[]", area_path=area_path, reporters=5, **times
    )
    return int(row.id)


def _photo(area_path: str) -> str:
    kept = photos.keep(snapshot(), by=SYSTEM)
    return photos.use(kept["id"], area_path, by=SYSTEM)


@cache
def snapshot() -> bytes:
    """A small picture of nothing much."""
    file = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(file, "JPEG")
    return file.getvalue()


def _inspected(building: Building) -> dict[str, Any]:
    """Somebody found something wrong there, and had records verified in a campaign's days."""
    subject = f"building:{building.code}"
    asked = inspections.publishing.show("rental_building", None, by=SYSTEM)
    answers: dict[str, Any] = {
        item["code"]: "ok" for item in asked["items"] if item["type"] == "check"
    }
    answers["rental_kind"] = "village"
    answers["wires"] = {"result": "wrong", "photo": photos.receive(snapshot(), by=SYSTEM)}
    form = {"uuid": f"{building.id:032x}", "subject": subject, "answers": answers}
    sent = inspections.submit({**form, "form": "rental_building", "version": 1}, by=SYSTEM)
    thing = inspections.subjects.named(subject)
    tasks.plan_one(thing, "verify", "2026-12-01", words="room 101")
    until = {"name": "look at it", "until": "2026-12-01", "subjects": [subject]}
    campaign = inspections.campaigns.open_campaign(
        {**until, "area": building.area.code, "form": "rental_building"}, by=SYSTEM
    )
    return {
        "inspection": sent["uuid"],
        "notice": sent["notice"],
        "hazard": sent["hazards"][0]["id"],
        "task": PatrolTask.get(
            (PatrolTask.subject == thing.key) & (PatrolTask.reason == "verify")
        ).id,
        "campaign": campaign["id"],
    }


def _id_number_of(resident_id: int) -> str:
    row = Resident.get_by_id(resident_id)
    number = opened().vault.open(b"resident:%d" % row.id, bytes(row.sealed))[1]
    assert number is not None
    return number


def _device(name: str) -> str:
    account = Account.get(Account.name == name)
    device_id = f"of-{name}".ljust(32, "0")
    Device.get_or_create(
        id=device_id,
        defaults={"account": account, "sealed": b"", "enrolled_at": clock.now()},
    )
    return device_id


def _facility(building: Building) -> str:
    """A lamp at the door, in the building's own area."""
    number = f"LAMP-{building.id}"
    Facility.get_or_create(
        number=number,
        defaults={
            "kind": "streetlight",
            "area": building.area,
            "lat": building.lat,
            "lon": building.lon,
            "cell": building.cell,
            "updated_at": clock.now(),
        },
    )
    return number
