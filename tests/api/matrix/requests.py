"""One good request for every operation: whoever may, is served; the matrix says who is not.

A sample is a function of a `Cell` that gives the path's parameters and the rest of the request.
An operation without one fails the matrix.
"""

import io
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

from backend import clock
from backend.actor import SYSTEM
from backend.models import Account, Area, Case, Residence, Resident, Room, Shift
from backend.services import cases, inspections, phones, photos, reports
from mobile_api.walk import fix_at
from qr import links, symbols, wear
from tests import riders
from tests.api.matrix.places import snapshot
from tests.api.matrix.world import Person, Place, World
from tests.town import PASSWORD


@dataclass
class Ask:
    """`path` fills the rule's parameters; `signed` lets the person's phone sign the body."""

    path: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    files: dict[str, bytes] | None = None  # A form with files instead of a body.
    version: str | None = None
    signed: bool = False


@dataclass
class Cell:
    """Who asks, about which place, with which visit."""

    world: World
    who: str
    place: str
    visit: str

    @property
    def person(self) -> Person:
        return self.world.people[self.who]

    @property
    def at(self) -> Place:
        return self.world.places[self.place]

    @property
    def lease(self) -> str | None:
        return self.person.leases.get((self.place, self.visit))

    @property
    def visit_id(self) -> str:
        visit = self.person.visits.get((self.place, self.visit))
        return visit.id if visit else "f" * 32

    def key(self, record: str, number: int) -> str:
        return self.world.key_of(self.person, (self.place, self.visit), record, number)

    def building(self, **more: Any) -> Ask:
        return Ask(path={"code": self.at.house.code}, **more)


def _add_area(cell: Cell) -> Ask:
    parent = Area.get((Area.path.contains(cell.at.district)) & (Area.level == "community"))
    return Ask(body={"code": f"{parent.code}777", "name": "a new grid", "parent": parent.code})


_numbers = itertools.count()


def _prove_phone(cell: Cell) -> Ask:
    number = next(_numbers)
    phone = f"136{number:08d}"
    phones.ask(phone, "zh_Hans", source=f"198.51.{number // 250}.{number % 250}")
    return Ask(body={"phone": phone, "code": riders.sent_code()})


def _register_bike(cell: Cell) -> Ask:
    return Ask(body=riders.form(next(_numbers) + 1, area=cell.at.area))


def _asked_for(cell: Cell) -> dict[str, Any]:
    """A case and a reason, by somebody on duty."""
    now = clock.now()
    Shift.get_or_create(
        account_id=cell.person.actor.account_id,
        defaults={"began_at": now, "until": now + timedelta(hours=1)},
    )
    return {"case_number": "A2026-1", "reason": "theft"}


def _list_my_bikes(cell: Cell) -> Ask:
    phone = cell.at.bikes["registered"]["phone"]
    return Ask(body={"phone": phone, "proof": riders.proof_of(phone)})


def _accept_bike_offer(cell: Cell) -> Ask:
    phone = "13900000000"
    person = {"name": "李四", "id_number": riders.id_number(77), "phone": phone}
    body = {**person, "proof": riders.proof_of(phone)}
    return Ask(path={"token": cell.at.bikes["offered"]["link"]}, body=body)


def _list_buildings_near(cell: Cell) -> Ask:
    lat, lon = cell.at.house.door
    return Ask(query={"near": f"{lat},{lon}", "crs": "wgs84"})


def _register_facility(cell: Cell) -> Ask:
    lat, lon = cell.at.house.door
    form = {"kind": "bin", "lat": lat, "lon": lon, "crs": "wgs84", "area": cell.at.area}
    return Ask(body=form)


def _import_form(cell: Cell) -> Ask:
    text = 'code = "lift"\nsubject = "building"\nzh = "电梯"\nitems = [{ code = "a", zh = "甲" }]\n'
    return Ask(files={"file": text.encode()})


def _import_facilities(cell: Cell) -> Ask:
    lat, lon = cell.at.house.door
    file = f"number,lat,lon\nNEW-1,{lat},{lon}\n".encode()
    query = {"kind": "bin", "crs": "wgs84", "area": cell.at.area}
    return Ask(query=query, files={"file": file})


def _try_duty_list(cell: Cell) -> Ask:
    file = f"key,kind,problem,area,unit,since,until\nT1,bin,,{cell.at.area},FT-HW,,\n".encode()
    return Ask(files={"file": file})


def _case(cell: Cell, **more: Any) -> Ask:
    return Ask(path={"number": cell.at.case}, **more)


def _board(cell: Cell, **more: Any) -> Ask:
    return Ask(query={"area": cell.at.area}, **more)


def _topic(cell: Cell, **more: Any) -> Ask:
    return Ask(path={"topic_id": cell.at.topic}, **more)


def _facility(cell: Cell, **more: Any) -> Ask:
    return Ask(path={"number": cell.at.facility}, **more)


def _photograph(cell: Cell) -> Ask:
    own = photos.receive(snapshot(), by=cell.person.actor)
    return _facility(cell, body={"photo": own, "fix": fix_at(cell.at.house.door)})


def _photo_of_report(cell: Cell) -> Ask:
    filed = reports.file(
        {"things": [{"facility": cell.at.facility}], "problem": "rust"}, channel="scan"
    )
    body = {"case": filed["cases"][0]["number"], "photo": photos.receive(snapshot(), by=None)}
    return Ask(path={"token": filed["token"]}, body=body)


def _appeal(cell: Cell) -> Ask:
    """What was told of the place a moment ago, and not taken on."""
    told = {"things": [{"facility": cell.at.facility}], "problem": "stump"}
    filed = reports.file(told, channel="scan")
    number = filed["cases"][0]["number"]
    Case.update(state="declined", open_key=None, closed_at=clock.now()).where(
        Case.id == cases.find(number).id
    ).execute()
    return Ask(path={"token": filed["token"]}, body={"case": number, "words": "x"})


def _run(state: str, **more: Any) -> Callable[[Cell], Ask]:
    """Something done to the print run of the place that is in this state."""
    return lambda cell: Ask(path={"number": cell.at.runs[state]}, **more)


def _order_run(cell: Cell) -> Ask:
    things = [{"code": cell.at.house.code}]
    return Ask(body={"kind": "building", "area": cell.at.area, "things": things})


def _move_building(cell: Cell) -> Ask:
    form = {"area": cell.at.target, "reason": "the border moved"}
    return cell.building(body=form, version=cell.at.version)


def _begin_visit(cell: Cell) -> Ask:
    form = {
        "nonce": cell.person.nonce,
        "tag": cell.at.house.tag,
        "fix": fix_at(cell.at.house.door),
        "device_id": cell.person.worker.device["device_id"],
    }
    return Ask(body=form, signed=True)


def _beat_visit(cell: Cell) -> Ask:
    house = cell.world.elsewhere if cell.visit == "elsewhere" else cell.at.house
    form = {"seq": 1, "fix": fix_at(house.door)}
    return Ask(path={"visit_id": cell.visit_id}, body=form, signed=True)


def _resident(cell: Cell, **more: Any) -> Ask:
    """The resident of the place, and the version it has."""
    tie = Residence.get_by_id(cell.at.resident)
    person = Resident.get_by_id(tie.resident_id)
    return Ask(
        path={"code": cell.at.house.code, "resident_id": cell.key("resident", tie.id)},
        version=f"{person.version}.{tie.version}",
        **more,
    )


def _add_resident(cell: Cell) -> Ask:
    form = {
        "room": cell.at.room,
        "name": "赵新来",
        "residence_kind": "living",
        "phone": "16012345678",
    }
    return cell.building(body=form)


def _move_resident(cell: Cell) -> Ask:
    tie = Residence.get_by_id(cell.at.resident)
    lives_there = Room.get_by_id(tie.room_id).code == cell.at.room
    room = cell.at.other_room if lives_there else cell.at.room
    return _resident(cell, body={"room": room})


def _amend_business(cell: Cell) -> Ask:
    key = cell.key("business", cell.at.business)
    path = {"code": cell.at.house.code, "business_id": key}
    return Ask(path=path, body={"business_name": "老店"}, version="1")


def _amend_event(cell: Cell) -> Ask:
    path = {"code": cell.at.house.code, "event_id": cell.key("event", cell.at.event)}
    return Ask(path=path, body={"event_status": "closed"}, version="1")


def _open_account(cell: Cell) -> Ask:
    form = {
        "name": "newcomer",
        "full_name": "新人",
        "password": "long enough",
        "area": cell.at.area,
    }
    return Ask(body=form)


def _amend_account(cell: Cell) -> Ask:
    version = str(Account.get(Account.name == cell.at.account).version)
    return Ask(path={"name": cell.at.account}, body={"full_name": "新名"}, version=version)


def _give_role(cell: Cell) -> Ask:
    form = {"role": "checker", "area": cell.at.area}
    return Ask(path={"name": cell.at.account}, body=form)


def _give_duty(cell: Cell) -> Ask:
    form = {
        "building": cell.at.house.code,
        "account": cell.at.account,
        "role": "collector",
        "since": "2025-01-01",
        "until": "2025-06-30",
    }
    return Ask(body=form)


def _claim_tag(cell: Cell) -> Ask:
    form = {"building": cell.at.house.code, "fix": fix_at(cell.at.house.door)}
    return Ask(path={"tag": cell.at.blanks["building"]}, body=form)


def _replace_tag(cell: Cell) -> Ask:
    form = {"code": cell.at.blanks["extinguisher"], "fix": fix_at(cell.at.house.door)}
    return Ask(path={"tag": cell.at.extinguisher}, body=form)


def _send_inspection(cell: Cell) -> Ask:
    asked = inspections.publishing.show("rental_building", None, by=SYSTEM)
    checks = [item["code"] for item in asked["items"] if item["type"] == "check"]
    form = {"uuid": "a" * 32, "subject": f"building:{cell.at.house.code}", "version": 1}
    answers = {**dict.fromkeys(checks, "ok"), "rental_kind": "village"}
    return Ask(body={**form, "form": "rental_building", "answers": answers})


def _open_campaign(cell: Cell) -> Ask:
    form = {"name": "three days", "area": cell.at.area, "form": "rental_building"}
    subjects = [f"building:{cell.at.house.code}"]
    return Ask(body={**form, "until": "2026-11-05", "subjects": subjects})


def _fire_map(cell: Cell) -> Ask:
    lat, lon = cell.at.house.door
    return Ask(query={"bbox": f"{lon - 0.0001},{lat - 0.0001},{lon + 0.0001},{lat + 0.0001}"})


@cache
def photo_of(tag: str) -> bytes:
    """A good photo of a tag."""
    file = io.BytesIO()
    wear.clean(symbols.press(links.prefix("q.example.cn")).symbol(tag)).save(file, "PNG")
    return file.getvalue()


SAMPLES: dict[str, Callable[[Cell], Ask]] = {
    # Without a place.
    "healthz": lambda cell: Ask(),
    "readyz": lambda cell: Ask(),
    "metrics": lambda cell: Ask(),
    "openapi": lambda cell: Ask(),
    "docs": lambda cell: Ask(),
    "signOut": lambda cell: Ask(),
    "showMe": lambda cell: Ask(),
    "readMyTrail": lambda cell: Ask(),
    "listDevices": lambda cell: Ask(),
    "listNotices": lambda cell: Ask(),
    "listOutbox": lambda cell: Ask(),
    "countOutbox": lambda cell: Ask(),
    "retryMessage": lambda cell: Ask(path={"message_id": cell.at.unit_message}),
    "showUnitAddress": lambda cell: Ask(path={"code": cell.at.unit}),
    "setUnitAddress": lambda cell: Ask(
        path={"code": cell.at.unit}, body={"address": "https://hooks.example.cn/cases"}
    ),
    "forgetUnitAddress": lambda cell: Ask(path={"code": cell.at.unit}),
    "listDoubtfulVisits": lambda cell: Ask(),
    "listExceptionalVisits": lambda cell: Ask(),
    "signIn": lambda cell: Ask(body={"account": cell.person.actor.name, "password": PASSWORD}),
    "changePassword": lambda cell: Ask(body={"present": PASSWORD, "new": "something longer"}),
    "renewSession": lambda cell: Ask(body={"refresh_token": cell.person.worker.refresh}),
    "enrolDevice": lambda cell: Ask(body={"name": "another phone"}),
    "forgetDevice": lambda cell: Ask(path={"device_id": cell.person.devices[cell.place]}),
    "readNotice": lambda cell: Ask(path={"notice_id": cell.person.notices[cell.place]}),
    "listClasses": lambda cell: Ask(query={"subject": "people"}),
    # Places.
    "listAreas": lambda cell: Ask(query={"parent": cell.at.district}),
    "addArea": _add_area,
    "renameArea": lambda cell: Ask(
        path={"code": cell.at.area}, body={"name": "another name"}, version="1"
    ),
    "findAddresses": lambda cell: Ask(query={"q": cell.at.house.code}),
    "listBuildingsNear": _list_buildings_near,
    "showBuilding": lambda cell: cell.building(),
    "listRooms": lambda cell: cell.building(),
    "listResidents": lambda cell: cell.building(),
    "listBusinesses": lambda cell: cell.building(),
    "listEvents": lambda cell: cell.building(),
    "listAliases": lambda cell: cell.building(),
    "listTags": lambda cell: cell.building(),
    "amendBuilding": lambda cell: cell.building(
        body={"name": "another name"}, version=cell.at.version
    ),
    "moveBuilding": _move_building,
    "addAlias": lambda cell: cell.building(body={"kind": "nickname", "text": "the yellow house"}),
    "removeAlias": lambda cell: Ask(path={"code": cell.at.house.code, "alias_id": cell.at.alias}),
    "addRoom": lambda cell: cell.building(body={"number": "9901", "floor": 9}),
    "amendRoom": lambda cell: Ask(
        path={"code": cell.at.room}, body={"number": "9902"}, version="1"
    ),
    "scanTag": lambda cell: Ask(body={"code": cell.at.house.tag}),
    "scanPhoto": lambda cell: Ask(files={"photo": photo_of(cell.at.house.tag)}),
    "keepPhoto": lambda cell: Ask(files={"photo": snapshot()}),
    "showPhoto": lambda cell: Ask(path={"photo_id": cell.at.photo}),
    "listPhotosToReview": lambda cell: Ask(),
    "showOriginalPhoto": lambda cell: Ask(path={"photo_id": cell.at.photo}),
    "reviewPhoto": lambda cell: Ask(
        path={"photo_id": cell.at.photo}, body={"decision": "released"}
    ),
    "claimTag": _claim_tag,
    "undoClaim": lambda cell: Ask(path={"tag": cell.person.hung[cell.place]}),
    "replaceTag": _replace_tag,
    "reportLoss": lambda cell: Ask(path={"tag": cell.at.extinguisher}, body={"reason": "damaged"}),
    "reportMissing": lambda cell: Ask(
        body={"building": cell.at.house.code, "kind": "meter", "reason": "damaged"}
    ),
    "listFacilityTags": lambda cell: Ask(path={"number": cell.at.facility}),
    "listTagTasks": lambda cell: Ask(),
    "reportTag": lambda cell: Ask(body={"code": cell.at.house.tag, "reason": "pasted-over"}),
    "revokeTag": lambda cell: Ask(path={"tag": cell.at.house.tag}, body={"reason": "torn"}),
    # E-bikes.
    "sendPhoneCode": lambda cell: Ask(body={"phone": f"137{next(_numbers):08d}"}),
    "provePhone": _prove_phone,
    "registerBike": _register_bike,
    "listMyBikes": _list_my_bikes,
    "showMyBike": lambda cell: Ask(path={"token": cell.at.bikes["registered"]["token"]}),
    "withdrawMyBike": lambda cell: Ask(path={"token": cell.at.bikes["registered"]["token"]}),
    "actOnMyBike": lambda cell: Ask(
        path={"token": cell.at.bikes["registered"]["token"]}, body={"action": "cry-theft"}
    ),
    "offerMyBike": lambda cell: Ask(
        path={"token": cell.at.bikes["registered"]["token"]}, body={"phone": "13900000001"}
    ),
    "takeBackMyBike": lambda cell: Ask(path={"token": cell.at.bikes["offered"]["token"]}),
    "showBikeOffer": lambda cell: Ask(path={"token": cell.at.bikes["offered"]["link"]}),
    "acceptBikeOffer": _accept_bike_offer,
    "refuseBikeOffer": lambda cell: Ask(path={"token": cell.at.bikes["offered"]["link"]}),
    "showShift": lambda cell: Ask(),
    "beginShift": lambda cell: Ask(),
    "endShift": lambda cell: Ask(),
    "lookUpBike": lambda cell: Ask(
        body={"code": cell.at.bikes["registered"]["code"], **_asked_for(cell)}
    ),
    "searchBikes": lambda cell: Ask(body={"colour": "blue", "brand": "雅迪", **_asked_for(cell)}),
    "listStolenBikes": lambda cell: Ask(),
    "listFleetBikes": lambda cell: Ask(query={"q": cell.at.bikes["fleet"]["code"]}),
    "actOnFleetBike": lambda cell: Ask(
        path={"number": cell.at.bikes["fleet"]["id"]}, body={"action": "cry-theft"}
    ),
    "listBikeDelays": lambda cell: Ask(),
    "decideBikeDelay": lambda cell: Ask(
        path={"look_up_id": cell.at.bikes["delayed"]["look_up"]}, body={"approve": True}
    ),
    "noteBikeSighting": lambda cell: Ask(body={"code": cell.at.bikes["stolen"]["code"]}),
    "listBikeStatistics": lambda cell: Ask(),
    "downloadBikeStatistics": lambda cell: Ask(),
    "listBikeReviews": lambda cell: Ask(),
    "decideBike": lambda cell: Ask(
        path={"number": cell.at.bikes["review"]["id"]}, body={"outcome": "approve"}
    ),
    "recoverBike": lambda cell: Ask(
        body={"code": cell.at.bikes["stolen"]["code"], "case_number": "A-1"}
    ),
    # Reports.
    "listProblems": lambda cell: Ask(),
    "giveReportTicket": lambda cell: Ask(body={"tag": cell.at.house.tag}),
    "keepReportPhoto": lambda cell: Ask(files={"photo": snapshot()}),
    "fileReport": lambda cell: Ask(
        body={"things": [{"building": cell.at.house.code}], "problem": "noise"}
    ),
    "followReport": lambda cell: Ask(path={"token": cell.at.token}),
    "rateReport": lambda cell: Ask(
        path={"token": cell.at.token}, body={"case": cell.at.done, "solved": True, "stars": 5}
    ),
    "appealReport": _appeal,
    "sendPhotoOfReport": _photo_of_report,
    "showCase": _case,
    # Facilities.
    "listFacilityKinds": lambda cell: Ask(),
    "listFacilities": lambda cell: Ask(query={"area": cell.at.area}),
    "registerFacility": _register_facility,
    "importFacilities": _import_facilities,
    "tryDutyList": _try_duty_list,
    "listRuleFaults": lambda cell: Ask(),
    "showFacility": _facility,
    "amendFacility": lambda cell: _facility(cell, body={"facts": {"power_w": 60}}, version="1"),
    "removeFacility": lambda cell: _facility(cell, version="1"),
    "photographFacility": _photograph,
    "listCases": lambda cell: Ask(query={"area": cell.at.area}),
    "listConfirmations": lambda _: Ask(),
    "searchConditions": lambda _: Ask(query={"q": "路灯"}),
    "listDeskQueues": lambda cell: Ask(),
    "listDeskQueue": lambda cell: Ask(path={"queue": "unsent"}),
    "listTasks": lambda cell: Ask(),
    "listChecks": lambda cell: Ask(),
    "listCaseCandidates": _case,
    "showBoard": _board,
    "drawBoard": _board,
    "listFigures": _board,
    "drawFigures": _board,
    "listBoardCases": _board,
    "showMonthReport": lambda cell: _board(cell, path={"month": "2026-11"}),
    "drawMonthReport": lambda cell: _board(cell, path={"month": "2026-11"}),
    "showCaseAtDesk": _case,
    "showCaseContacts": _case,
    "moveCase": lambda cell: _case(cell, body={"action": "comment", "note": "x"}, version="1"),
    "listTopics": lambda cell: Ask(),
    "showTopic": lambda cell: _topic(cell),
    "assignTopic": lambda cell: _topic(
        cell, body={"account": "du", "due_on": "2026-12-31"}, version="1"
    ),
    "settleTopic": lambda cell: _topic(cell, body={"note": "x"}, version="1"),
    "dismissTopic": lambda cell: _topic(cell, body={"note": "x"}, version="1"),
    # Inspections.
    "listForms": lambda cell: Ask(),
    "showForm": lambda cell: Ask(path={"code": "small_place"}),
    "downloadFormWorkbook": lambda cell: Ask(path={"code": "small_place"}),
    "downloadFormXml": lambda cell: Ask(path={"code": "small_place"}),
    "importForm": _import_form,
    "publishForm": lambda cell: Ask(
        body={"code": "ours", "subject": "bin", "zh": "表", "items": [{"code": "a", "zh": "净"}]}
    ),
    "listDueInspections": lambda cell: Ask(),
    "askInspection": lambda cell: Ask(query={"subject": f"building:{cell.at.house.code}"}),
    "sendInspection": _send_inspection,
    "showInspection": lambda cell: Ask(path={"uuid": cell.at.inspection}),
    "listHazards": lambda cell: Ask(query={"subject": f"building:{cell.at.house.code}"}),
    "showHazard": lambda cell: Ask(path={"hazard_id": cell.at.hazard}),
    "recheckHazard": lambda cell: Ask(path={"hazard_id": cell.at.hazard}, body={"result": "still"}),
    "passHazardOn": lambda cell: Ask(path={"hazard_id": cell.at.hazard}),
    "handTaskOver": lambda cell: Ask(
        path={"task_id": cell.at.task}, body={"to": "lin" if cell.place == "own" else "nan"}
    ),
    "finishTask": lambda cell: Ask(path={"task_id": cell.at.task}, body={"result": "confirmed"}),
    "showTask": lambda cell: Ask(path={"task_id": cell.at.task}),
    "listColleagues": lambda cell: Ask(),
    "listCampaignTasks": lambda cell: Ask(path={"campaign_id": cell.at.campaign}),
    "listCampaignHazards": lambda cell: Ask(path={"campaign_id": cell.at.campaign}),
    "handShareOver": lambda cell: Ask(
        path={"campaign_id": cell.at.campaign},
        body={"to": "lin" if cell.place == "own" else "nan"},
    ),
    "listFlaws": lambda cell: Ask(query={"area": cell.at.area}),
    "countFlaws": lambda cell: Ask(query={"area": cell.at.area}),
    "showLatePatrols": lambda cell: Ask(query={"area": cell.at.area}),
    "listLatePatrols": lambda cell: Ask(query={"area": cell.at.area}),
    "listCampaigns": lambda cell: Ask(),
    "openCampaign": _open_campaign,
    "showCampaign": lambda cell: Ask(path={"campaign_id": cell.at.campaign}),
    "showFireMap": _fire_map,
    "showHydrants": _fire_map,
    "showSmartId": lambda cell: cell.building(),
    "verifyOwnersNotice": lambda cell: Ask(path={"code": cell.at.notice}),
    # Print runs.
    "showPrintChoices": lambda cell: Ask(),
    "listPrintRuns": lambda cell: Ask(),
    "orderPrintRun": _order_run,
    "showPrintRun": _run("ordered"),
    "listPrintRunPieces": _run("ordered"),
    "releasePrintRun": _run("ordered"),
    "cancelPrintRun": _run("ordered"),
    "markPrintRunPrinted": _run("released"),
    "issuePrintRun": _run("printed", body={}),
    "declareSpoiledPieces": _run("released", body={"pieces": [1]}),
    "orderSpoiledAnew": _run("spoiled"),
    "drawPdf": _run("released"),
    "drawZpl": _run("released"),
    "drawSvg": _run("released"),
    "drawPng": _run("released"),
    "drawList": _run("released"),
    "drawRuler": lambda cell: Ask(path={"form": "L7160"}),
    # Visits.
    "askChallenge": lambda cell: Ask(body={}),
    "beginVisit": _begin_visit,
    "showVisit": lambda cell: Ask(path={"visit_id": cell.visit_id}),
    "endVisit": lambda cell: Ask(path={"visit_id": cell.visit_id}),
    "confirmWipe": lambda cell: Ask(path={"visit_id": cell.visit_id}),
    "beatVisit": _beat_visit,
    "breakGlass": lambda cell: Ask(
        body={
            "building": cell.at.house.code,
            "reason_code": "fire",
            "reason_text": "smoke on the third floor",
        }
    ),
    "reviewExceptionalVisit": lambda cell: Ask(
        path={"visit_id": cell.world.reviews[cell.place]}, body={"verdict": "justified"}
    ),
    "grantRemoteVisit": lambda cell: Ask(
        body={
            "building": cell.at.house.code,
            "account": cell.at.account,
            "reason": "the door is bricked up",
        }
    ),
    "takeRemoteVisit": lambda cell: Ask(path={"visit_id": cell.person.granted[cell.place]}),
    # Records.
    "addResident": _add_resident,
    "showResident": lambda cell: _resident(cell),
    "endResidence": lambda cell: _resident(cell),
    "amendResident": lambda cell: _resident(cell, body={"phone": "16012345679"}),
    "moveResident": _move_resident,
    "addBusiness": lambda cell: cell.building(
        body={"business_name": "新店", "legal_name": "赵新来"}
    ),
    "amendBusiness": _amend_business,
    "addEvent": lambda cell: cell.building(
        body={"event_class": "0101", "event_text": "a bicycle in the stairs"}
    ),
    "amendEvent": _amend_event,
    # Staff and trail.
    "revokeDevice": lambda cell: Ask(path={"device_id": cell.at.device}),
    "listAccounts": lambda cell: Ask(query={"area": cell.at.district}),
    "openAccount": _open_account,
    "showAccount": lambda cell: Ask(path={"name": cell.at.account}),
    "amendAccount": _amend_account,
    "giveRole": _give_role,
    "endRole": lambda cell: Ask(path={"name": cell.at.account, "grant_id": cell.at.grant}),
    "listDuties": lambda cell: Ask(query={"building": cell.at.house.code}),
    "giveDuty": _give_duty,
    "endDuty": lambda cell: Ask(path={"duty_id": cell.at.duty}),
    "readTrail": lambda cell: Ask(query={"building": cell.at.house.code}),
    "readTrailOfPerson": lambda cell: Ask(body={"id_number": cell.at.id_number}),
}
