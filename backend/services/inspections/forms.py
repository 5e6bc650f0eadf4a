"""Forms as rows: published once, never changed, replaced by a newer version."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from backend import clock
from backend.db import from_ms
from backend.errors import FormOutdated, FormUnknown, Invalid, NotFound
from backend.models import Form
from backend.prepared import Prepared
from backend.rules import forms
from backend.rules.forms import BadForm, Fault
from backend.services import facilities, problems

MOST_SAID = 50
SUBJECTS = ("small_place", "building")
"""What forms are asked of beside the kinds of facilities."""


@dataclass(frozen=True)
class Published:
    """A version of a form, ready to be asked. `replaced_at` is null for the newest."""

    version: int
    form: forms.Form
    replaced_at: datetime | None = None

    def as_dict(self) -> dict[str, Any]:
        return {**self.form.as_dict(), "version": self.version}


def current(code: str) -> Published:
    """The newest version of a form, or a refusal."""
    row = _newest.first(code)
    if row is None:
        raise NotFound(noun="form")
    return Published(row[0], _read(row[1], row[2]))


def of_subject(sort: str) -> list[Published]:
    """The newest version of every form that is asked of such a thing, by name."""
    return [Published(version, _read(digest, body)) for version, digest, body in _asked_of(sort)]


def version(code: str, number: int) -> Published:
    """One version, or a refusal."""
    row = _version.first(code, number)
    if row is None:
        raise FormUnknown(version=number)
    digest, replaced = row
    form = _understood.get(digest) or _read(digest, str(_body(code, number)[0][0]))
    return Published(number, form, from_ms(replaced) if replaced else None)


def sendable(code: str, number: int, draft_days: int) -> Published:
    """A version under which an inspection may still be sent: replaced not too long ago."""
    found = version(code, number)
    if found.replaced_at and clock.now() > found.replaced_at + timedelta(days=draft_days):
        raise FormOutdated(days=draft_days, newest=current(code).version)
    return found


def item_of(code: str, number: int, item: str) -> forms.Item:
    """The item that a hazard is of."""
    return version(code, number).form.by_code[item]


def all_current() -> list[dict[str, Any]]:
    """The newest version of every form, without its items."""
    rows = Form.select().where(Form.replaced_at.is_null()).order_by(Form.code)
    return [
        {
            "code": row.code,
            "version": row.version,
            "subject": row.subject,
            "zh": (form := _read(row.digest, row.body)).zh,
            "en": form.en,
            "items": len(form.items),
            "published_at": row.published_at,
        }
        for row in rows
    ]


def understood(document: Mapping[str, Any]) -> forms.Form:
    """The form that a document says, with what our registers know put in. Raises BadForm."""
    form = forms.from_document(_filled(document))
    known = (*SUBJECTS, *facilities.kinds())
    if form.subject not in known:
        said = f"its subject is {form.subject!r}, none of {', '.join(known)}"
        raise BadForm(Fault(said, key="subject"))
    listed = {one.code for one in problems.subjects()[_problems_of(form.subject)].problems}
    faults = [
        Fault(f"{item.problem!r} is no problem of {form.subject}", item.code, "problem")
        for item in form.items
        if item.problem and item.problem not in listed
    ]
    if faults:
        raise BadForm(*faults)
    return form


def publish(document: Mapping[str, Any], by_name: str) -> tuple[int, bool]:
    """The version under which it is asked from now on, and whether that is a new one.

    The same form again changes nothing, whichever kind of file it came in. Inside a write
    transaction; raises BadForm.
    """
    form = understood(document)
    body = orjson.dumps(forms.as_document(form), option=orjson.OPT_SORT_KEYS).decode()
    digest = hashlib.sha256(body.encode()).hexdigest()
    last = Form.select().where(Form.code == form.code).order_by(Form.version.desc()).first()
    if last is not None and last.digest == digest:
        return int(last.version), False
    if last is not None and last.subject != form.subject:
        said = f"{form.code} is asked of {last.subject}: give another form another code"
        raise BadForm(Fault(said, key="subject"))
    now = clock.now()
    number = int(last.version) + 1 if last else 1
    Form.update(replaced_at=now).where(
        (Form.code == form.code) & Form.replaced_at.is_null()
    ).execute()
    Form.create(
        code=form.code,
        version=number,
        subject=form.subject,
        body=body,
        digest=digest,
        published_at=now,
        published_by=by_name,
    )
    return number, True


def kind_of_problem(subject: str) -> str:
    """Whose problems a form's hazards become."""
    return _problems_of(subject)


def _problems_of(subject: str) -> str:
    return problems.BUILDING if subject in SUBJECTS else subject


def _filled(document: Mapping[str, Any]) -> dict[str, Any]:
    """An item of a facility's form that has no words takes those of its kind's checklist."""
    whole = dict(document)
    kind = facilities.kinds().get(str(whole.get("subject")))
    if kind is None or not isinstance(whole.get("items"), list):
        return whole
    words = {one.code: one for one in kind.checklist}
    whole["items"] = [
        {"zh": words[code].zh, "en": words[code].en, **item}
        if isinstance(item, dict) and (code := str(item.get("code"))) in words
        else item
        for item in whole["items"]
    ]
    return whole


def refuse(fault: BadForm) -> Invalid:
    """What is wrong with a document, as the house says it."""
    return Invalid(errors={"form": [str(one) for one in fault.faults[:MOST_SAID]]})


_understood: dict[str, forms.Form] = {}
MOST_UNDERSTOOD = 500


def _read(digest: str, body: str) -> forms.Form:
    """A published body never changes: what it says is worked out once."""
    form = _understood.get(digest)
    if form is None:
        if len(_understood) >= MOST_UNDERSTOOD:
            _understood.clear()
        form = _understood[digest] = forms.from_document(orjson.loads(body))
    return form


_newest = Prepared(
    lambda code: Form.select(Form.version, Form.digest, Form.body).where(
        (Form.code == code) & Form.replaced_at.is_null()
    )
)
_version = Prepared(
    lambda code, number: Form.select(Form.digest, Form.replaced_at).where(
        (Form.code == code) & (Form.version == number)
    )
)
# Apart from it: of a form of 250 questions this is more than the whole inspection.
_body = Prepared(
    lambda code, number: Form.select(Form.body).where(
        (Form.code == code) & (Form.version == number)
    )
)
_asked_of = Prepared(
    lambda sort: (
        Form.select(Form.version, Form.digest, Form.body)
        .where((Form.subject == sort) & Form.replaced_at.is_null())
        .order_by(Form.code)
    )
)
