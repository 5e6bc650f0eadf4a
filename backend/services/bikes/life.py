"""What an owner does with a bike, by the link that is theirs; each is a step that stays."""

from collections.abc import Callable, Mapping
from typing import Any

from backend import together
from backend.errors import Conflict, Invalid, PhoneNotProved
from backend.models import Bike, BikeStep, Ownership
from backend.rules import bikes
from backend.rules.identity import check_phone
from backend.services import notices, phones
from backend.services.bikes import acts, owners, steps

MOST_WORDS = 200
MOST_BRAND = 40


def cry_theft(token: str, form: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """It was stolen. Said twice (a phone repeats what it queued), it is the same alarm."""

    said = _theft(form or {})
    return _done(token, "cry-theft", lambda bike, row: acts.cry_theft(bike, said), also="stolen")


def find(token: str) -> dict[str, Any]:
    """I have it again"""

    return _done(token, "find", lambda bike, row: acts.find(bike))


def scrap(token: str) -> dict[str, Any]:
    """It is no more: its code leads nowhere, its frame is free"""

    return _done(token, "scrap", lambda bike, row: acts.scrap(bike))


def retag(token: str) -> dict[str, Any]:
    """The plate is lost: another code, and the lost one opens nothing"""

    return _done(token, "retag", lambda bike, row: acts.retag(bike))


def correct(token: str, form: Mapping[str, Any]) -> dict[str, Any]:
    """Another colour, brand or phone; a phone is proved first. Who it is stays as it was shown."""
    changes = {name: form[name] for name in ("brand", "colour", "phone") if form.get(name)}
    if not changes:
        raise Invalid(errors={"form": ["Say what is to be put right."]})
    if "phone" in changes:
        changes["phone"] = check_phone(str(changes["phone"]))
        if not phones.is_proved(changes["phone"], form.get("proof")):
            raise PhoneNotProved()
    brand = str(changes.get("brand", ""))
    if len(brand) > MOST_BRAND or not brand.isprintable():
        raise Invalid(errors={"brand": [f"At most {MOST_BRAND} characters."]})
    if "colour" in changes:
        changes["colour"] = bikes.colour_of(changes["colour"])
        if changes["colour"] is None:
            raise Invalid(errors={"colour": ["Choose a colour."]})

    def act(bike: Bike, row: Ownership) -> None:
        person = owners.opened(row)
        if "phone" in changes and person is not None:
            owners.reseal(row, person._replace(phone=changes["phone"]))
        bike.brand = changes.get("brand", bike.brand)
        bike.colour = changes.get("colour", bike.colour)
        steps.step(bike, "correct", facts={"fields": sorted(changes)})

    return _done(token, "correct", act)


def ask_review(token: str, words: str | None = None) -> dict[str, Any]:
    """A machine turned it away: a person shall look. Once."""

    def act(bike: Bike, row: Ownership) -> None:
        asked = (BikeStep.bike_id == bike.id) & (BikeStep.action == "ask-review")
        if BikeStep.select().where(asked).exists():
            raise Conflict(errors={"review": ["A person has looked at it already."]})
        steps.step(bike, "ask-review", facts={"words": short(words)})
        facts = {"brand": bike.brand, "reasons": "ask-review"}
        notices.tell_role("police_officer", bike.area_path, "bike-review", facts, reaches_down=True)

    return _done(token, "ask-review", act)


def withdraw(token: str) -> None:
    """Delete who I am. The steps stay, without a name, as long as the law has us keep them."""

    def act() -> None:
        row = owners.living(token)
        bike = steps.held(row.bike_id, "withdraw")
        acts.end_tag(bike, "revoked", "withdrawn")
        acts.take_back_offer(bike)
        steps.step(bike, "withdraw")
        owners.end(row, forget=True)

    together.write(act)


def _done(
    token: str,
    action: str,
    act: Callable[[Bike, Ownership], None],
    also: str | None = None,
) -> dict[str, Any]:
    """Do it with the bike held; `also` is a state in which it was done already."""

    def do() -> None:
        row = owners.living(token)
        bike = Bike.get_by_id(row.bike_id)
        if bike.state != also:
            bike = steps.held(row.bike_id, action)
        act(bike, row)

    together.write(do)
    return owners.show(token)


def _theft(form: Mapping[str, Any]) -> dict[str, object]:
    """When and where it was seen last, in the owner's words; a position only if it was given."""
    facts: dict[str, object] = {"words": short(form.get("words"))}
    if form.get("made_at"):
        facts["made_at"] = form["made_at"]
    return facts


def short(words: str | None) -> str | None:
    """What somebody says in a few words; None if nothing. Raises Invalid."""
    text = (words or "").strip()
    if len(text) > MOST_WORDS:
        raise Invalid(errors={"words": [f"At most {MOST_WORDS} characters."]})
    return text or None
