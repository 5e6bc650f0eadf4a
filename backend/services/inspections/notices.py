"""The owner's notice (隐患整改通知书): what was found, until when it must be put right, and a code.

Whoever holds the paper can read under its code what was written on it, and how it stands today.
"""

from typing import Any

from backend.errors import NotFound
from backend.models import Hazard, Inspection
from backend.services import scope, units
from backend.services.inspections import forms, subjects


def verified(code: str) -> dict[str, Any]:
    """A notice as it was issued and as it stands now, for whoever has its code; nobody's name."""
    row = Inspection.get_or_none(Inspection.notice == read(code))
    if row is None:
        raise NotFound(noun="notice")
    subject = subjects.of(row.subject)
    asked = forms.version(row.form, row.version)
    found = Hazard.select().where((Hazard.inspection_id == row.id) & (Hazard.state != "fixed"))
    return {
        "code": grouped(row.notice or ""),
        "number": f"{row.at.astimezone(scope.SHENZHEN):%Y%m%d}-{row.id}",
        "issued_at": row.at,
        "name": subject.name,
        "address": subject.address,
        "title": {"zh": asked.form.zh, "en": asked.form.en},
        "issuer": units.public(units.of_area(row.area_path)),
        "items": [
            {
                "words": item.fault,
                "law": item.law or None,
                "level": hazard.level,
                "due": hazard.due,
                "state": hazard.state,
                "ended_at": hazard.ended_at,
            }
            for hazard in found.order_by(Hazard.id)
            for item in [asked.form.by_code[hazard.item]]
        ],
    }


def read(code: str) -> str:
    """The code as it is kept, however it was typed."""
    return code.strip().upper().replace("-", "").replace(" ", "")[:40]


def grouped(code: str) -> str:
    """In fours, as it is printed."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
