"""What one may choose when ordering: kinds, forms and one's areas."""

from typing import Any

from backend.actor import Actor
from backend.house import house
from backend.models import Area
from backend.services.runs import contents
from backend.services.runs.finding import within
from backend.services.runs.lists import most_for
from backend.verbs import verb
from qr import designs, forms

MOST_AREAS = 300


@verb("run.order", reads=True)
def choices(*, by: Actor) -> dict[str, Any]:
    """What a run can be made of, and for which areas I may order it"""
    rows = (
        Area.select(Area.code, Area.name, Area.level, Area.path)
        .where(within(by, "run.order"))
        .order_by(Area.path)
        .limit(MOST_AREAS)
    )
    return {
        "host": house().settings.printed_host,
        "most": most_for(by),
        "home": by.home_area,
        "kinds": [_kind(designs.design(kind)) for kind in designs.kinds()],
        "forms": [_form(forms.form(name)) for name in forms.names()],
        "areas": [{"code": row.code, "name": row.name, "level": row.level} for row in rows],
    }


def _kind(design: designs.Design) -> dict[str, Any]:
    return {
        "kind": design.kind,
        "name": design.name,
        "english": design.english,
        "form": design.form,
        "named": contents.named(design.kind),
        "symbols": [
            {"copies": one.copies, "module_mm": one.module, "label_mm": list(one.label)}
            for one in design.choices
        ],
        "grades": [
            {"grade": name, "word": grade.word, "ground": grade.ground}
            for name, grade in design.grades.items()
        ],
    }


def _form(form: forms.Form) -> dict[str, Any]:
    return {
        "form": form.name,
        "about": form.about,
        "dpi": form.dpi,
        "per_page": None if form.cut else form.columns * form.rows,
    }
