"""The database against the writers' books: everything promised is there, nothing is twice."""

import hashlib
import json
from collections import Counter
from pathlib import Path

from backend import couriers, db
from backend.db import database
from backend.errors import NotFound
from backend.house import house
from backend.models import (
    Account,
    Event,
    Message,
    Photo,
    Report,
    Residence,
    Resident,
    Room,
    TrailLine,
    Visit,
)
from backend.rules import ranges
from backend.services import messages, reports, trail_proof
from backend.services.photos import copying, storing
from backend.start import start
from backend.vault import Broken
from tests import town
from tests.crash.writers import WRITERS, Book, name_of


def faults(settings: dict[str, object], book: Book) -> list[str]:
    """What is wrong; nothing, if every promise was kept. The servers must be at rest."""
    start(town.settings(**settings))
    try:
        return [
            *_damage(),
            *_people(book),
            *_events(book),
            *_visits(book),
            *_looks(book),
            *_photos(book),
            *_reports(book),
            *_messages(),
            *_trail(),
        ]
    finally:
        database.close()


def _damage() -> list[str]:
    if not db.is_sqlite():
        return []
    found = database.execute_sql("PRAGMA integrity_check").fetchall()
    return [] if found == [("ok",)] else [f"SQLite finds {found[:3]}"]


def _people(book: Book) -> list[str]:
    """Each promised person once, tied to the room once, with one line; nobody else's row."""
    vault, wrong = house().vault, []
    added = _lines("resident.add")
    subjects = Counter(key for line in added for key in ranges.unpack(line.subjects))
    found = 0
    for number, person in book.tried.items():
        rows = list(
            Resident.select().where(Resident.id_index.in_(vault.indexes("id_number", number)))
        )
        found += len(rows)
        if len(rows) > 1:
            wrong.append(f"{number} is there {len(rows)} times")
        if not rows:
            if number in book.promised:
                wrong.append(f"{number} was promised and is lost")
            continue
        row = rows[0]
        name = vault.open(b"resident:%d" % row.id, bytes(row.sealed))[0]
        ties = list(Residence.select(Room.code).join(Room, on=(Residence.room_id == Room.id))
                    .where(Residence.resident_id == row.id).tuples())  # fmt: skip
        if name != person.name or ties != [(person.room,)]:
            wrong.append(f"{number} is recorded as {name} in {ties}")
        if subjects[row.id] != 1:
            wrong.append(f"{number} has {subjects[row.id]} lines on the trail")
    if found != len(added):
        wrong.append(f"{found} people were added, {len(added)} lines say so")
    return wrong


def _events(book: Book) -> list[str]:
    """Each promised event once, no event twice, as many lines as events."""
    rows = list(Event.select().where(Event.updated_by.startswith("writer")))
    unseal = house().vault.open
    words = Counter(unseal(b"event:%d" % row.id, bytes(row.sealed))[0] for row in rows)
    wrong = [f"event {one!r} was promised and is lost" for one in book.events - words.keys()]
    wrong += [f"event {one!r} is there {times} times" for one, times in words.items() if times > 1]
    wrong += [f"event {one!r} was never asked for" for one in words.keys() - book.events_tried]
    lines = len(_lines("event.add"))
    if lines != len(rows):
        wrong.append(f"{len(rows)} events were added, {lines} lines say so")
    return wrong


def _visits(book: Book) -> list[str]:
    """Each promised visit with its last beat; as many lines as visits."""
    wrong = []
    rows = {row.id: row for row in Visit.select().where(Visit.account_id.in_(_writers()))}
    for visit, seq in book.visits.items():
        if visit not in rows:
            wrong.append(f"visit {visit} was promised and is lost")
        elif rows[visit].beat_seq < seq:
            wrong.append(f"visit {visit} is at beat {rows[visit].beat_seq}, not {seq}")
    wrong += [
        f"visit {visit} had ended and is {rows[visit].state}"
        for visit in book.ended & rows.keys()
        if rows[visit].state != "closed"
    ]
    begun = Counter(line.visit_id for line in _lines("visit.begin"))
    if begun != Counter(rows.keys()):
        wrong.append(f"{len(rows)} visits, {begun.total()} lines say so")
    return wrong


def _looks(book: Book) -> list[str]:
    """No unmasked look was answered without a line. Adding somebody shows them: a look as well."""
    lines = Counter(line.visit_id for line in _lines("building.look"))
    wrong = [
        f"{looks} looks in visit {visit}, {lines[visit]} lines"
        for visit, looks in book.looks.items()
        if lines[visit] < looks
    ]
    every = len(book.promised) + len(book.events) + sum(book.looks.values())
    if lines.total() < every:
        wrong.append(f"{every} unmasked answers, {lines.total()} lines")
    return wrong


def _photos(book: Book) -> list[str]:
    """The file of each promised photo is whole, and its hash is that of what was sent."""
    wrong = []
    for photo, digest in book.photos.items():
        row = Photo.get_or_none(Photo.id == photo)
        if row is None or row.sha256 != digest:
            wrong.append(f"photo {photo} was promised and is lost")
            continue
        try:
            sealed = storing.store().get(row.original)
            content = house().vault.open_file(copying.name_of(digest), sealed)
        except (storing.Missing, Broken) as fault:
            wrong.append(f"the file of photo {photo}: {fault!r}")
            continue
        if hashlib.sha256(content).hexdigest() != digest:
            wrong.append(f"the file of photo {photo} has changed")
    return wrong


def _reports(book: Book) -> list[str]:
    """Each promised report once, with its photo at its case; as many lines as reports."""
    wrong = []
    for token, photo in book.reports.items():
        try:
            reports.follow(token)
        except NotFound:
            wrong.append(f"report {token} was promised and is lost")
        if Photo.get_by_id(photo).case_id is None:
            wrong.append(f"the photo of report {token} is at no case")
    rows = Report.select().where(Report.account_id.in_(_writers())).count()
    lines = len(_lines("report.file"))
    if rows != lines or rows < len(book.reports):
        wrong.append(f"{rows} reports, {lines} lines say so, {len(book.reports)} promised")
    return wrong


def _messages() -> list[str]:
    """Each reporter is told once that it came in, whoever died while telling."""
    pending = Message.sent_at.is_null() & Message.due_at.is_null(False)
    Message.update(due_at=0).where(pending).execute()  # As if every lease had lapsed.
    couriers.courier.cache_clear()  # A keeper born anew has seen nothing.
    messages.deliver()
    wanted = {f"{row.report_id}.{row.id}" for row in Message.select()}
    place = Path(house().settings.MESSAGES)
    lines = place.read_bytes().splitlines() if place.exists() else []
    # A torn one was never said to have been carried.
    told = Counter(json.loads(line)["key"] for line in lines if line.endswith(b"}"))
    wrong = [f"message {key} was carried {times} times" for key, times in told.items() if times > 1]
    wrong += [f"message {key} was never carried" for key in wanted - told.keys()]
    reported = Report.select().where(Report.phone_index.is_null(False)).count()
    if len(wanted) != reported:
        wrong.append(f"{reported} reports with a phone, {len(wanted)} messages")
    return wrong


def _trail() -> list[str]:
    trail_proof.seal()
    report = trail_proof.verify()
    return [] if report.first_bad is None else [f"the trail: {report.first_bad}"]


def _lines(verb: str) -> list[TrailLine]:
    return list(
        TrailLine.select().where(
            (TrailLine.verb == verb)
            & (TrailLine.outcome == "done")
            & TrailLine.account_id.in_(_writers())
        )
    )


def _writers() -> list[int]:
    names = [name_of(number) for number in range(WRITERS)]
    return [row.id for row in Account.select(Account.id).where(Account.name.in_(names))]


def story(book: Book) -> str:
    """The figures of a run, in one line."""
    figures = {
        "people": len(book.promised),
        "events": len(book.events),
        "visits": len(book.visits),
        "reports with photos": len(book.reports),
        "looks": sum(book.looks.values()),
        "unanswered": book.unanswered,
        "refused": book.refused,
    }
    return json.dumps(figures)
