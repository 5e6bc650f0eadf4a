"""An e-bike on its owner's phone: registered in two steps, then one page that is theirs."""

import re
import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request
from flask_babel import gettext

from backend.errors import Conflict, Invalid, PhotoUnreadable, Refused, WrongState
from backend.house import house
from backend.rules import bikes as life
from backend.services import bikes, phones, reports
from backend.services.bikes import statistics
from mobile_api import auth, problems, telling, uploads, words
from mobile_api.once import once_under
from mobile_api.pages.render import page, see, written

blp = Blueprint("bike_pages", __name__)

MOST_PHOTOS = 2
BRANDS = ("雅迪", "爱玛", "台铃", "新日", "绿源", "小牛", "九号", "小刀", "金箭", "五羊")
FIELDS = {"name": 60, "id_number": 24, "area": 15, "brand": 40, "colour": 20, "frame": 40}
FILES = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}
STAYS = (Conflict, Invalid, PhotoUnreadable, WrongState)


@blp.get("/bikes")
def entrance() -> Any:
    """What it is, and the two ways in: a new bike, or one that is registered"""
    return page("bikes/entrance.html")


@blp.get("/bikes/statistics")
def figures() -> Any:
    """The open data on e-bikes: the last month, what each column means, and the file"""
    city = [line for line in statistics.lines() if line.level == "city"]
    return page(
        "bikes/statistics.html",
        months=sorted(city, key=lambda line: line.month, reverse=True),
        least=house().policy.bikes.least_count,
        licence=house().settings.OPEN_DATA_LICENCE,
    )


# --- The phone: a code goes there, and whoever types it goes on ---------------------------

AIMS = ("new", "mine", "offer", "phone")


@blp.post("/bikes/phone")
def send_code() -> Any:
    """Send a code to the phone"""
    aim, phone = _aim(), written("phone", 24).strip()
    try:
        phones.ask(phone, words.language(), source=auth.source())
    except Refused as refused:
        return _phone(aim, phone, refused)
    return page("bikes/code.html", aim=aim, phone=phone, link=_link(), problem=None)


@blp.post("/bikes/proof")
def prove() -> Any:
    """The code that was typed; on to what it is for"""
    aim, phone = _aim(), written("phone", 24).strip()
    try:
        proof = phones.prove(phone, written("code", 12).strip())
    except Invalid as refused:
        status = problems.status_of(type(refused))
        said = problems.sentence_of(refused)
        return page("bikes/code.html", status, aim=aim, phone=phone, link=_link(), problem=said)
    return AFTER[aim](phone, proof)


def _phone(aim: str, phone: str, refused: Refused) -> Response:
    status, said = problems.status_of(type(refused)), problems.sentence_of(refused)
    return page("bikes/phone.html", status, aim=aim, phone=phone, link=_link(), problem=said)


def _aim() -> str:
    aim = written("aim", 8)
    if aim not in AIMS:
        abort(422)
    return aim


def _link() -> str:
    """The link of an offer or of one's own page that the phone is proved for."""
    link = written("link", 22)
    if link:
        telling.check_token(link)
    return link


def _list_mine(phone: str, proof: str) -> Response:
    return page("bikes/mine.html", found=bikes.mine(phone, proof), colours=life.COLOURS)


def _new_form(
    phone: str, proof: str, form: dict[str, Any] | None = None, refused: Refused | None = None
) -> Response:
    return page(
        "bikes/new.html",
        problems.status_of(type(refused)) if refused else 200,
        phone=phone,
        proof=proof,
        form=form or {},
        errors=_errors(refused),
        problem=_sentence(refused),
        once=written("once", 40) or secrets.token_urlsafe(15),
        areas=bikes.areas_served(),
        brands=BRANDS,
        colours=life.COLOURS,
    )


def _offer_form(
    phone: str, proof: str, form: dict[str, Any] | None = None, refused: Refused | None = None
) -> Response:
    link = _link()
    return page(
        "bikes/take.html",
        problems.status_of(type(refused)) if refused else 200,
        phone=phone,
        proof=proof,
        link=link,
        bike=bikes.offered(link),
        form=form or {},
        errors=_errors(refused),
        problem=_sentence(refused),
        colours=life.COLOURS,
    )


def _change_phone(phone: str, proof: str) -> Response:
    link = _link()
    bikes.correct(link, {"phone": phone, "proof": proof})
    return see(f"/bikes/{link}?done=correct")  # type: ignore[return-value]


AFTER: dict[str, Callable[[str, str], Response]] = {
    "new": _new_form,
    "mine": _list_mine,
    "offer": _offer_form,
    "phone": _change_phone,
}


# --- Registering --------------------------------------------------------------------------


@blp.post("/bikes")
def register() -> Any:
    """Register it; decided at once, and the owner's own page says how"""
    if request.mimetype == uploads.FORM:
        uploads.allow(MOST_PHOTOS * uploads.MOST_PHOTO)
    phone, proof = written("phone", 24), written("proof", 100)
    form: dict[str, Any] = {name: written(name, most) for name, most in FIELDS.items()}
    kept = [one for one in request.form.getlist("kept") if telling.PHOTO_ID.fullmatch(one)]
    form["kept"] = kept[:MOST_PHOTOS]
    try:
        form["kept"] += _kept_photos(MOST_PHOTOS - len(form["kept"]))
        return _registered({**form, "phone": phone, "proof": proof, "photos": form["kept"]})
    except Refused as refused:
        if isinstance(refused, STAYS):
            return _new_form(phone, proof, form, refused)
        return _phone("new", phone, refused)


def _registered(form: dict[str, Any]) -> Any:
    def act() -> Response:
        made = bikes.register({**form, "language": words.language()})
        return see(f"/bikes/{made['token']}?done={made['state']}")  # type: ignore[return-value]

    key = written("once", 40)
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,40}", key):
        return act()
    return once_under(f"{key}:{uploads.digest().hex()}", "page.bike", "nobody", act)


def _kept_photos(most: int) -> list[str]:
    """Photos are kept at once, so that no other mistake costs them."""
    sent = [content for file in request.files.getlist("photo") if (content := file.read())]
    wanted = sent[: max(0, most)]
    return [reports.keep_photo(content, by=None, source=auth.source()) for content in wanted]


# --- The owner's own page -----------------------------------------------------------------


@blp.get("/bikes/<token>")
def mine(token: str) -> Any:
    """My bike: its ID, one button for a theft, who looked, where it was seen"""
    telling.check_token(token)
    return _mine(token)


@blp.get("/bikes/<token>/plate.<form>")
def plate(token: str, form: str) -> Any:
    """The code as a picture for the phone, or a page for the print shop"""
    telling.check_token(token)
    if form not in FILES:
        abort(404)
    answer = Response(bikes.drawn(token, form), mimetype=FILES[form])
    name = f'attachment; filename="gridtag-ebike.{form}"'
    if form != "svg":
        answer.headers["Content-Disposition"] = name
    return answer


@blp.get("/bikes/<token>/seen/<photo>.jpg")
def seen(token: str, photo: str) -> Any:
    """What somebody photographed who saw it after it was stolen"""
    telling.check_token(token)
    answer = Response(bikes.sent_to_owner(token, photo), mimetype="image/jpeg")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blp.post("/bikes/<token>")
def act(token: str) -> Any:
    """What the owner does with it"""
    telling.check_token(token)
    action = written("action", 16)
    if action not in ACTS:
        abort(422)
    form = {"words": written("words", 200), "brand": written("brand", 40)}
    form |= {"colour": written("colour", 20), "made_at": written("made_at", 40)}
    try:
        link = ACTS[action](token, form) or f"/bikes/{token}?done={action}"
    except STAYS as refused:
        if _wants_json():
            raise
        return _mine(token, refused)
    if _wants_json():  # Our script, which had kept it until there was a connection.
        return jsonify(link=link), 201
    return see(link)


def _withdraw(token: str, form: dict[str, str]) -> str:
    if written("sure", 3) != "yes":
        raise Invalid(errors={"sure": ["Say that you are sure."]})
    bikes.withdraw(token)
    return "/bikes?done=withdraw"


def _take_back(token: str, form: dict[str, str]) -> None:
    bikes.take_back(token)


def _offer(token: str, form: dict[str, str]) -> str:
    made = bikes.offer(token, written("phone", 24))
    return f"/bikes/{token}?done=offer&link={made['token']}"


ACTS: dict[str, Callable[[str, dict[str, str]], Any]] = {
    "cry-theft": lambda token, form: _none(bikes.cry_theft(token, form)),
    "find": lambda token, form: _none(bikes.find(token)),
    "scrap": lambda token, form: _none(bikes.scrap(token)),
    "retag": lambda token, form: _none(bikes.retag(token)),
    "correct": lambda token, form: _none(bikes.correct(token, form)),
    "ask-review": lambda token, form: _none(bikes.ask_review(token, form["words"])),
    "offer": _offer,
    "take-back": _take_back,
    "withdraw": _withdraw,
}


def _none(_: object) -> None:
    """The page itself shows what has become of it."""


def _mine(token: str, refused: Refused | None = None) -> Response:
    bike = bikes.show(token)
    shown = request.args.get("link", "")
    offer = shown if re.fullmatch(r"[A-Za-z0-9_-]{22}", shown) else None
    return page(
        "bikes/mine_one.html",
        problems.status_of(type(refused)) if refused else 200,
        token=token,
        bike=bike,
        titles=house().policy.titles,
        colours=life.COLOURS,
        brands=BRANDS,
        offer_link=offer and f"{request.host_url}bike-offers/{offer}",
        problem=_sentence(refused),
        done=request.args.get("done", ""),
    )


# --- An offer -----------------------------------------------------------------------------


@blp.get("/bike-offers/<link>")
def offered(link: str) -> Any:
    """A bike that is offered to me"""
    telling.check_token(link)
    bike = bikes.offered(link)
    return page("bikes/offered.html", bike=bike, link=link, colours=life.COLOURS)


@blp.post("/bike-offers/<link>")
def take(link: str) -> Any:
    """Take it, or leave it"""
    telling.check_token(link)
    if written("answer", 6) == "no":
        bikes.refuse(link)
        return see("/bikes?done=refused")
    phone, proof = written("phone", 24), written("proof", 100)
    form: dict[str, Any] = {"name": written("name", 60), "id_number": written("id_number", 24)}
    try:
        said = {**form, "phone": phone, "proof": proof, "language": words.language()}
        taken = bikes.accept(link, said)
    except STAYS as refused:
        return _offer_form(phone, proof, form, refused)
    return see(f"/bikes/{taken['token']}?done=transfer")


# --- What is said -------------------------------------------------------------------------


def _wants_json() -> bool:
    offered = ("text/html", "application/json")
    return request.accept_mimetypes.best_match(offered) == "application/json"


def _sentence(refused: Refused | None) -> str | None:
    return None if refused is None else problems.first_of(refused)


def _errors(refused: Refused | None) -> dict[str, str]:
    found: Any = (refused.facts.get("errors") if refused else None) or {}
    return {
        name: words.word(said[0], "bike_rule") if name == "form" else gettext(said[0])
        for name, said in found.items()
    }
