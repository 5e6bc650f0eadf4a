"""The one intake: whatever the channel, a report opens cases or joins those that are open."""

import hashlib
import secrets
import time
from collections.abc import Mapping
from typing import Any

import orjson

from backend import clock
from backend.actor import Actor
from backend.db import writing
from backend.errors import Invalid
from backend.house import house
from backend.models import Mention, Report
from backend.rules import datum
from backend.services import cases, problems, trail
from backend.services.cases import About, Opened
from backend.services.channels import channels
from backend.services.reports import subjects

MOST_THINGS = 10
MOST_WORDS = 4_000


def file(
    form: Mapping[str, Any], *, channel: str, by: Actor | None = None, client: str | None = None
) -> dict[str, Any]:
    """Take a report in. Answers with its link's token and the cases it belongs to.

    `form`: `things` (each a tag, facility, building or place), `problem`, and if wanted `words`,
    `phone`, `name`, `email`, `answers`, `photos` (ids), `language`, `fix` (lat, lon, crs).
    """
    told = _told(form)
    with writing():
        report, token = _keep(form, channel, by, client)
        opened = [_open(one, form, channel, by) for one in told]
        for each in opened:
            _mention(report, each, form)
        if by is not None:
            numbers = [cases.number_of(one.case) for one in opened]
            trail.write(by, "report.file", area_path=told[0].area_path, facts={"cases": numbers})
    return {
        "token": token,
        "at": report.at,
        "cases": [{"number": cases.number_of(c), "joined": joined} for c, joined in opened],
    }


def _told(form: Mapping[str, Any]) -> list[About]:
    """What the report is about, each thing once."""
    named = [subjects.about(thing) for thing in _things(form)]
    for one in named:
        problems.find(one.kind, form["problem"])
    return list({one.key or object(): one for one in named}.values())


def _things(form: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    things = form.get("things") or []
    if not 1 <= len(things) <= MOST_THINGS:
        raise Invalid(errors={"things": [f"Name 1 to {MOST_THINGS} things."]})
    return list(things)


def _open(about: About, form: Mapping[str, Any], channel: str, by: Actor | None) -> Opened:
    is_known = about.key is not None
    return cases.open_or_join(
        about,
        form["problem"],
        channel=channel,
        is_filed=is_known and channels()[channel].trusted,
        account_id=by.account_id if by else None,
    )


def _keep(
    form: Mapping[str, Any], channel: str, by: Actor | None, client: str | None
) -> tuple[Report, str]:
    """The report's row, and the token of its link."""
    token = secrets.token_urlsafe(16)
    number = (time.time_ns() // 1_000_000) << 22 | secrets.randbits(22)
    contact = [form.get(name) or None for name in ("words", "phone", "name", "email")]
    fix = form.get("fix")
    here = datum.to_wgs84(fix["lat"], fix["lon"], fix.get("crs")) if fix else None
    phone = contact[1]
    report = Report.create(
        id=number,
        token_index=index_of(token),
        sealed=house().vault.seal(f"report:{number}".encode(), token, *contact),
        phone_index=house().vault.index("phone", phone) if phone else None,
        channel=channel,
        language=form.get("language") or "zh_Hans",
        at=clock.now(),
        account_id=by.account_id if by else None,
        client=client,
        lat=here.lat if here else None,
        lon=here.lon if here else None,
        given=orjson.dumps(dict(fix)).decode() if fix else None,
    )
    return report, token


def _mention(report: Report, opened: Opened, form: Mapping[str, Any]) -> None:
    Mention.create(
        report_id=report.id,
        case_id=opened.case.id,
        joined=opened.joined,
        answers=orjson.dumps(form.get("answers") or {}).decode(),
    )


def index_of(token: str) -> bytes:
    """What a token is found by. It is 128 bits of chance, so a plain hash says nothing of it."""
    return hashlib.sha256(token.encode()).digest()
