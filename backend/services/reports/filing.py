"""The one intake: whatever the channel, a report opens cases or joins those that are open."""

import hashlib
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from backend import clock, together
from backend.actor import Actor
from backend.db import is_writing, reading, to_ms
from backend.errors import Invalid
from backend.house import house
from backend.models import Mention, Report
from backend.prepared import Prepared
from backend.rules import datum
from backend.rules.gates import Way
from backend.services import cases, messages, photos, problems, trail
from backend.services.cases import About, Opened
from backend.services.channels import channels
from backend.services.reports import gate, subjects
from backend.services.reports.gate import Verdict

MOST_THINGS = 10


def file(
    form: Mapping[str, Any],
    *,
    channel: str,
    by: Actor | None = None,
    client: str | None = None,
    source: str | None = None,
) -> dict[str, Any]:
    """Take a report in. Answers with its link's token and the cases it belongs to.

    `form`: `things` (each a tag, facility, building or place), `problem`, and if wanted `words`,
    `phone`, `name`, `email`, `answers`, `photos` (ids), `language`, `fix` (lat, lon, crs).

    A stranger comes with a `source`, the network address, and passes the gate: `ticket`, `work`
    and `can_work` of the form are for that. Where it only counts the report, as one more of an
    open case, `token` is None.
    """
    told = _told(form)
    _check(form)
    form = {**form, "answers": _answers(told, form, channel)}
    if source is not None and not is_writing():
        with reading():  # Spares the write lock those whom the gate would turn away.
            early = gate.verdict(told, form, channel, source)
            if not early.is_kept and not any(map(early.counts, range(len(told)))):
                return _answer(None, [case for one in told for case in _open_one(one, form)])
    return together.write(lambda: _taken(told, form, channel, by, client, source))


def _taken(
    told: Sequence[About],
    form: Mapping[str, Any],
    channel: str,
    by: Actor | None,
    client: str | None,
    source: str | None,
) -> dict[str, Any]:
    verdict = (
        gate.pass_all(told, channel)
        if source is None
        else gate.verdict(told, form, channel, source)
    )
    if verdict.is_kept:
        return _kept(told, form, verdict, by, client)
    counted = [_count(one, form, verdict, which) for which, one in enumerate(told)]
    return _answer(None, [case for found in counted for case in found])


def _told(form: Mapping[str, Any]) -> list[About]:
    """What the report is about, each thing once."""
    things = form.get("things") or []
    if not 1 <= len(things) <= MOST_THINGS:
        raise Invalid(errors={"things": [f"Name 1 to {MOST_THINGS} things."]})
    named = [subjects.about(thing) for thing in things]
    for one in named:
        problems.find(one.kind, form["problem"])
    return list({one.key or object(): one for one in named}.values())


MOST = {"words": 4_000, "phone": 20, "name": 80, "email": 120}
"""Characters of what a reporter says; a door may ask for less."""


def _check(form: Mapping[str, Any]) -> None:
    long = {name: most for name, most in MOST.items() if len(form.get(name) or "") > most}
    errors = {name: [f"At most {most} characters."] for name, most in long.items()}
    errors |= {
        name: ["Control characters are not accepted."]
        for name in MOST
        if any(mark in (form.get(name) or "") for mark in "\0\x1f")
    }
    if errors:
        raise Invalid(errors=errors)


def _answers(told: Sequence[About], form: Mapping[str, Any], channel: str) -> dict[str, Any]:
    """What the problem's questions were answered with. A program is held to all of them."""
    insist = channels()[channel].by == "client"
    given = form.get("answers") or {}
    found: dict[str, Any] = {}
    for one in told:
        found |= problems.check_answers(one.kind, form["problem"], given, insist=insist)
    return found


def _kept(
    told: Sequence[About],
    form: Mapping[str, Any],
    verdict: Verdict,
    by: Actor | None,
    client: str | None,
) -> dict[str, Any]:
    report_id, token = _keep(form, verdict.channel, by, client)
    opened = []
    for which, (one, way) in enumerate(zip(told, verdict.ways, strict=True)):
        if way is Way.COUNT:
            opened += _count(one, form, verdict, which)
            continue
        case = _open(one, form, verdict.channel, way, by)
        answers = orjson.dumps(form.get("answers") or {}).decode()
        _write_mention.write(report_id, case.id, case.joined, answers)
        photos.tie(
            form.get("photos") or (),
            case_id=case.id,
            report_id=report_id,
            area_path=one.area_path,
            purpose="reported",
        )
        opened.append(case)
    verdict.spend(verdict.kept)
    if form.get("phone") and not verdict.is_doubtful:
        messages.tell_one(report_id, opened[0].id, "received")
    if by is not None:
        facts = {"cases": [case.number for case in opened]}
        trail.write(by, "report.file", area_path=told[0].area_path, facts=facts)
    return _answer(token, opened)


def _open(
    about: About, form: Mapping[str, Any], channel: str, way: Way, by: Actor | None
) -> Opened:
    through = channels()[channel]
    is_known = about.key is not None or through.seen
    return cases.open_or_join(
        about,
        form["problem"],
        channel=channel,
        is_filed=is_known and through.trusted and way is not Way.DOUBT,
        account_id=by.account_id if by else None,
    )


def _keep(
    form: Mapping[str, Any], channel: str, by: Actor | None, client: str | None
) -> tuple[int, str]:
    """The report's number, and the token of its link."""
    token = secrets.token_urlsafe(16)
    number = (time.time_ns() // 1_000_000) << 22 | secrets.randbits(22)
    contact = [form.get(name) or None for name in ("words", "phone", "name", "email")]
    fix, phone, vault = form.get("fix"), contact[1], house().vault
    here = datum.to_wgs84(fix["lat"], fix["lon"], fix.get("crs")) if fix else None
    _write_report.write(
        number,
        index_of(token),
        vault.seal(f"report:{number}".encode(), token, *contact),
        vault.index("phone", phone) if phone else None,
        channel,
        form.get("language") or "zh_Hans",
        to_ms(clock.now()),
        by.account_id if by else None,
        client,
        here.lat if here else None,
        here.lon if here else None,
        orjson.dumps(dict(fix)).decode() if fix else None,
    )
    return number, token


def _answer(token: str | None, opened: Sequence[Opened]) -> dict[str, Any]:
    said = [{"number": case.number, "joined": case.joined} for case in opened]
    return {"token": token, "at": clock.now(), "cases": said}


def index_of(token: str) -> bytes:
    """What a token is found by. It is 128 bits of chance, so a plain hash says nothing of it."""
    return hashlib.sha256(token.encode()).digest()


# --- Only counted -------------------------------------------------------------------------


def _count(about: About, form: Mapping[str, Any], verdict: Verdict, which: int) -> list[Opened]:
    """One more who says so, unless this address has said it too often."""
    if not verdict.counts(which):
        return _open_one(about, form)
    verdict.spend([verdict.counted[which]])
    return [_open(about, form, verdict.channel, Way.DOUBT, None)]


def _open_one(about: About, form: Mapping[str, Any]) -> list[Opened]:
    """The case as it is; none if it was closed this very moment."""
    found = cases.open_one(about, form["problem"])
    return [found] if found else []


_write_report = Prepared(
    lambda number, token, sealed, phone, channel, language, at, account, client, lat, lon, given: (
        Report.insert(
            id=number, token_index=token, sealed=sealed, phone_index=phone, channel=channel,
            language=language, at=at, account_id=account, client=client, lat=lat, lon=lon,
            given=given,
        )
    )
)  # fmt: skip
_write_mention = Prepared(
    lambda report, case, joined, answers: Mention.insert(
        report_id=report, case_id=case, joined=joined, answers=answers
    )
)
