"""What reporters' words have taught: learnt from closed cases and from files, kept as weights.

Words are opened in memory only. What stays are grams that at least three people wrote in three
cases, none of them with a digit (see `rules.reading`), and those are sealed.
"""

import logging
import time
from array import array
from base64 import b85decode, b85encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zlib import compress, crc32, decompress

import orjson
from peewee import fn

from backend import clock
from backend.db import writing
from backend.house import house
from backend.models import Case, CaseStep, LearntWords, Lesson, Mention, Report
from backend.prepared import Prepared
from backend.rules import reading
from backend.rules.reading import Reader
from backend.services import problems, scope, standards

log = logging.getLogger("gridtag.words")

UNIT = "unit:"
"""Opens a label that names a unit instead of a problem."""
MOST = 20_000
"""Texts to learn from: the latest."""
FEW = 60
"""With fewer lessons nothing is learnt, and of fewer cases no share is judged."""
LOOK_BACK = timedelta(weeks=8)
NIGHT = range(1, 6)  # Hours in Shenzhen.
OLD = timedelta(hours=20)
SCALE = 1_000

_latest = Prepared(
    lambda: (
        LearntWords.select(LearntWords.id, LearntWords.at).order_by(LearntWords.id.desc()).limit(1)
    )
)


def label_of(kind: str, problem: str) -> str:
    return f"{kind}.{problem}"


def reader() -> Reader | None:
    """The latest, unpacked once in each process; None while nothing was learnt."""
    found = _latest.first()
    if found is None:
        return None
    version, at = found
    learnt: Reader = house().readers.get_or_make(f"{version}:{at}", lambda: _unpacked(version))
    return learnt


@dataclass(frozen=True)
class Telling:
    """What one reporter wrote of a case."""

    case_id: int
    report_id: int
    person: int
    at: datetime
    text: str


def of_cases(case_ids: Sequence[int], *, most: int | None = None) -> Iterator[Telling]:
    """What was told of these cases, opened; what was forgotten or has no words is left out."""
    rows = (
        Mention.select(
            Mention.case_id, Mention.answers, Report.id, Report.sealed, Report.phone_index,
            Report.at,
        )
        .join(Report, on=(Report.id == Mention.report_id))
        .where(Mention.case_id.in_(case_ids))
        .order_by(Mention.id)
        .limit(most)
    )  # fmt: skip
    return opened(rows.tuples())


def opened(rows: Any) -> Iterator[Telling]:
    """Rows of (case, answers, report, sealed, phone index, instant) with their words."""
    vault = house().vault
    for case_id, answers, report_id, sealed, phone, at in rows:
        said = [vault.open(f"report:{report_id}".encode(), bytes(sealed))[1]]
        said += [one for one in orjson.loads(answers).values() if isinstance(one, str)]
        text = "。".join(one for one in said if one)
        if text:
            person = int.from_bytes(bytes(phone)[-7:]) if phone else report_id
            yield Telling(case_id, report_id, person, at, text)


# --- Learning -----------------------------------------------------------------------------


def learn_if_due() -> bool:
    """For the keeper: at night, and at once when a file has brought lessons."""
    if not _is_due(clock.now()):
        return False
    return learn() is not None


def learn() -> dict[str, Any] | None:
    """Learn everything anew, and keep it beside what was known; None if there is too little."""
    began, at = time.monotonic(), clock.now()
    precision = house().policy.dispatch.auto_from
    lessons = [*_from_files(), *_from_cases()][-MOST:]
    if len(lessons) < FEW:
        return None
    found = reading.learn(lessons, precision=precision, rest=lambda: time.sleep(0))
    if found is None:
        return None
    field = _in_the_field()
    if field["sent"] >= FEW and field["right"] / field["sent"] < precision:
        log.warning("too much of what words alone sent came back: people decide", extra=field)
        found = reading.Reader(found.labels, found.weights, found.steps, precision=precision)
    figures = {
        "lessons": len(lessons),
        "labels": len(found.labels),
        "grams": len(found.weights),
        "auto_from": found.auto_from,
        "held_out": found.tried,
        "seconds": round(time.monotonic() - began, 1),
        **field,
    }
    _keep(found, figures, at)
    return figures


def _is_due(now: datetime) -> bool:
    last = LearntWords.select(LearntWords.at).order_by(LearntWords.id.desc()).first()
    brought = Lesson.select(fn.MAX(Lesson.at)).scalar()
    if last is None:
        return brought is not None or bool(_closed().count() >= FEW)
    if brought is not None and brought > last.at:
        return True
    is_night = now.astimezone(scope.SHENZHEN).hour in NIGHT
    is_old = now - last.at > (OLD if is_night else OLD * 1.5)
    return is_old and bool(_closed().where(Case.closed_at > last.at).exists())


def _from_files() -> list[reading.Lesson]:
    """In an order that says nothing: a file is often sorted by what it teaches."""
    vault = house().vault
    rows = Lesson.select().order_by(Lesson.at.desc()).limit(MOST)
    found = []
    for row in rows:
        [text] = vault.open(f"lesson:{row.id}".encode(), bytes(row.sealed))
        found.append(reading.Lesson(text or "", row.label, -row.id, -row.id))
    return sorted(found, key=lambda lesson: crc32(lesson.text.encode()))


def _from_cases() -> list[reading.Lesson]:
    """The oldest first. Cases that went from one unit to another teach nothing sure."""
    rows = _closed().order_by(Case.id.desc()).limit(MOST)
    labels = {case.id: _label(case) for case in rows}
    found: list[reading.Lesson] = []
    ids = sorted(labels)
    for first in range(0, len(ids), 500):
        found += [
            reading.Lesson(told.text, labels[told.case_id] or "", told.case_id, told.person)
            for told in of_cases(ids[first : first + 500])
            if labels[told.case_id]
        ]
    return found


def _closed() -> Any:
    """A letter to the grid is nobody else's business, not even a counter's."""
    changed = CaseStep.select(CaseStep.case_id).where(CaseStep.action.in_(("return", "reassign")))
    return Case.select(
        Case.id, Case.kind, Case.problem, Case.unit, Case.condition
    ).where(
        (Case.state == "closed") & Case.voided_at.is_null() & Case.id.not_in(changed)
        & (Case.problem != "message")
    )  # fmt: skip


def _label(case: Case) -> str | None:
    """What a person made of it: "something else" was a problem after all, or a unit's matter."""
    if case.problem != "other":
        return label_of(case.kind, case.problem)
    if case.condition is not None:
        for kind, problem in standards.standard().problems:
            is_here = kind in (problems.STREET, problems.BUILDING)
            if is_here and standards.condition_of(kind, problem).code == case.condition:
                return label_of(kind, problem)
    return None if case.unit is None else f"{UNIT}{case.unit}"


def _in_the_field() -> dict[str, int]:
    """Of what words alone sent in the last weeks: how many stayed where they went."""
    since = clock.now() - LOOK_BACK
    sent = {
        row.case_id
        for row in CaseStep.select(CaseStep.case_id).where(
            (CaseStep.action == "dispatch")
            & CaseStep.account_id.is_null()
            & (CaseStep.at >= since)
            & CaseStep.facts.contains('"rule":"words"')
        )
    }
    came_back = {
        row.case_id
        for row in CaseStep.select(CaseStep.case_id).where(
            CaseStep.action.in_(("return", "reassign")) & (CaseStep.at >= since)
        )
    }
    return {"sent": len(sent), "right": len(sent - came_back)}


# --- Keeping ------------------------------------------------------------------------------


def _keep(found: Reader, figures: dict[str, Any], at: datetime) -> None:
    """`at` is when the texts were read: what came since has taught nothing yet."""
    packed = _packed(found)
    with writing():
        row = LearntWords.create(
            at=at,
            figures=orjson.dumps(figures).decode(),
            auto_from=found.auto_from,
            sealed=b"",
        )
        row.sealed = house().vault.seal(f"learnt:{row.id}".encode(), packed)
        row.save()
        LearntWords.delete().where(LearntWords.id < row.id - 1).execute()


def _packed(found: Reader) -> str:
    head = orjson.dumps(
        {
            "labels": found.labels,
            "grams": list(found.weights),
            "steps": found.steps,
            "auto_from": found.auto_from,
            "precision": found.precision,
        }
    )
    most = 32_767
    numbers = array(
        "h",
        (
            max(-most, min(most, round(one * SCALE)))
            for row in found.weights.values()
            for one in row
        ),
    )
    return b85encode(compress(head + b"\n" + numbers.tobytes())).decode()


def _unpacked(version: int) -> Reader:
    row: LearntWords = LearntWords.get_by_id(version)
    [packed] = house().vault.open(f"learnt:{version}".encode(), bytes(row.sealed))
    assert packed is not None
    head, _, raw = decompress(b85decode(packed)).partition(b"\n")
    said, numbers = orjson.loads(head), array("h", raw)
    size = len(said["labels"])
    weights = {
        gram: tuple(one / SCALE for one in numbers[at * size : (at + 1) * size])
        for at, gram in enumerate(said["grams"])
    }
    steps = tuple((share, right) for share, right in said["steps"])
    return Reader(
        tuple(said["labels"]), weights, steps, said["auto_from"], precision=said["precision"]
    )
