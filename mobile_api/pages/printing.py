"""The building manager's pages: ordering tags, looking before printing, and what becomes of a run.

Everything works without a script; with one, the preview follows the form while one types.
"""

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, request
from flask_babel import gettext

from backend.errors import Invalid, LabelsWrong, ListWrong, Refused, RunTooLarge
from backend.services import areas, runs
from mobile_api import auth, problems, words
from mobile_api.files import attached
from mobile_api.once import once_under
from mobile_api.pages.render import page, see, sent
from mobile_api.strict import is_clean

blp = Blueprint("print_pages", __name__, url_prefix="/print")

MOST_LIST = 4 * 1024 * 1024  # A list far too long is read, so that it can be said how long.
MOST_PIECES = 200  # Shown on the page of a run; all of them are in its list.
TEXTS = ("kind", "area", "form", "grade", "company")
NUMBERS = {"count": int, "start": int, "dpi": int, "first": int, "last": int,
           "right_mm": float, "down_mm": float, "across_mm": float, "along_mm": float}  # fmt: skip
PRINTER = ("right_mm", "down_mm", "across_mm", "along_mm")
PART = re.compile(r"(\d{1,7})(?:-(\d{1,7}))?", re.ASCII)


@blp.get("")
def list_of_runs() -> Any:
    """The runs of my areas."""
    by = auth.current_actor()
    before = _known(request.args, "before", int)
    return page("print/list.html", found=runs.list_runs(None, before, 30, by=by))


# --- Ordering ------------------------------------------------------------------------------


@blp.get("/new")
def ask() -> Any:
    """The order form."""
    by = auth.current_actor()
    filled = {name: request.args.get(name, "")[:40] for name in (*TEXTS, *NUMBERS, "symbols")}
    filled = {name: text for name, text in filled.items() if is_clean(text)}
    chosen = runs.choices(by=by)
    filled.setdefault("area", "")
    filled["area"] = filled["area"] or chosen["home"] or ""
    return _form(filled, chosen)


@blp.post("/new")
def order() -> Any:
    """Order, and go on to the run; the same form sent twice is one run."""
    by, fields = auth.current_actor(), _fields()
    try:
        content = _content(fields)
        who, key = str(by.account_id), f"{sent('once')}:{_digest(fields, content)}"
        return once_under(
            key,
            "orderOnPage",
            who,
            lambda: see(f"/print/{runs.order_run(_order(fields, content), by=by)['number']}"),  # type: ignore[arg-type, return-value]
        )
    except Invalid as refused:
        return _form(fields, runs.choices(by=by), refused)


@blp.post("/preview")
def preview() -> Any:
    """What the order would become: a piece of the page for the script, else the whole page."""
    by, fields = auth.current_actor(), _fields()
    is_piece = request.args.get("piece") == "1"
    shown, refused = None, None
    try:
        content = _content(fields)
        shown = runs.preview(_order(fields, content), by=by)
        shown["query"] = _sample_query(fields, shown["first"])
    except Invalid as refusal:
        refused = refusal
    if is_piece:
        return page("print/preview.html", shown=shown, **_said(refused))
    return _form(fields, runs.choices(by=by), refused, shown)


@blp.get("/label.svg")
def label() -> Any:
    """One sample label."""
    form, said = _sample()
    drawn = runs.label_sample(form, said, by=auth.current_actor())
    return Response(drawn, mimetype="image/svg+xml")


@blp.get("/page.png")
def first_page() -> Any:
    """The first page with sample labels."""
    form, said = _sample()
    return Response(runs.page_sample(form, said, by=auth.current_actor()), mimetype="image/png")


# --- A run ---------------------------------------------------------------------------------


@blp.get("/<number>")
def run(number: str) -> Any:
    """How far a run has come, its files, and what can be done with it now."""
    return _run(number)


@blp.post("/<number>/<step>")
def take(number: str, step: str) -> Any:
    """One step on; back to the run."""
    by = auth.current_actor()
    sent("step")
    if step not in STEPS:
        abort(404)
    try:
        done = STEPS[step](number, by)
    except (LabelsWrong, Invalid) as refused:
        return _run(number, refused)
    return see(f"/print/{done['number']}")


def _issue(number: str, by: Any) -> Any:
    return runs.issue(number, sent("area") or None, by=by)


def _spoil(number: str, by: Any) -> Any:
    return runs.spoil(number, _pieces(sent("pieces", 2_000)), by=by)


STEPS: dict[str, Callable[[str, Any], Any]] = {
    "release": lambda number, by: runs.release(number, by=by),
    "printing": lambda number, by: runs.mark_printed(number, by=by),
    "issue": _issue,
    "spoiled": _spoil,
    "replacements": lambda number, by: runs.reorder(number, by=by),
    "cancellation": lambda number, by: runs.cancel(number, by=by),
}


@blp.get("/<number>/files/<what>")
def file(number: str, what: str) -> Any:
    """A file of the run, or of the part that was asked for."""
    by = auth.current_actor()
    try:
        changes = {name: _known(request.args, name, kind) for name, kind in NUMBERS.items()}
        made = runs.draw(number, what, changes, by=by)
    except (LabelsWrong, Invalid) as refused:
        return _run(number, refused)
    data, headers = attached(made)
    return Response(data, headers=headers, mimetype=made.mimetype)


@blp.get("/ruler")
def ruler() -> Any:
    """How to find out what a printer does to a page."""
    return page("print/ruler.html", chosen=runs.choices(by=auth.current_actor()))


@blp.get("/ruler.pdf")
def ruler_page() -> Any:
    """The test page."""
    printer = {name: _known(request.args, name, float) for name in PRINTER}
    made = runs.ruler(request.args.get("form", ""), printer, by=auth.current_actor())
    data, headers = attached(made)
    return Response(data, headers=headers, mimetype=made.mimetype)


# --- Reading forms -------------------------------------------------------------------------


def _fields() -> dict[str, str]:
    """The order form as it was sent, and as it is shown again."""
    request.max_content_length = request.max_form_memory_size = MOST_LIST
    names = (*TEXTS, *NUMBERS, "symbols", "untagged")
    fields = {name: sent(name, 40).strip() for name in names}
    return fields | {"things": sent("things", MOST_LIST)}


def _content(fields: dict[str, str]) -> bytes:
    """The list of what needs tags: the uploaded one, else the pasted one.

    A browser forgets which file was chosen, so a small one is shown in the box from now on.
    """
    upload = request.files.get("file")
    data = upload.read() if upload else b""
    if not data:
        return fields["things"].strip().encode()
    lines = runs.read_list(data, by=auth.current_actor())
    fields["things"] = "\n".join(
        line.code + (f",{line.grade}" if line.grade else "") for line in lines
    )
    return data


def _order(fields: Mapping[str, str], content: bytes) -> dict[str, Any]:
    """The form as the service wants it."""
    form: dict[str, Any] = {name: fields[name] or None for name in TEXTS}
    form |= {name: _known(fields, name, kind) for name, kind in NUMBERS.items()}
    copies, _, module = fields["symbols"].partition("x")
    if fields["symbols"]:
        form |= {"copies": _number("symbols", copies, int)}
        form |= {"module_mm": _number("symbols", module, float)}
    form["untagged"] = fields.get("untagged") == "1" or None
    if content:
        form["things"] = runs.read_list(content, by=auth.current_actor())
    return form


def _digest(fields: Mapping[str, str], content: bytes) -> str:
    digest = hashlib.sha256(content)
    for name in sorted(fields.keys() - {"things"}):
        digest.update(f"\0{name}={fields[name]}".encode())
    return digest.hexdigest()[:32]


def _known(fields: Mapping[str, str], name: str, kind: Callable[[str], Any]) -> Any:
    """A number somebody typed; none where the field was left empty."""
    text = fields.get(name, "").strip()
    return _number(name, text, kind) if text else None


def _number(name: str, text: str, kind: Callable[[str], Any]) -> Any:
    if not re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,6})?", text) or (kind is int and "." in text):
        raise Invalid(errors={name: ["Write a number."]})
    return kind(text)


def _pieces(text: str) -> list[int]:
    """`3, 7-9` as 3, 7, 8, 9."""
    found: list[int] = []
    joined = re.sub(r"\s*[-–—~至到]\s*", "-", text.strip())
    for part in filter(None, re.split(r"[,，、;；\s]+", joined)):
        said = PART.fullmatch(part)
        if said is None:
            raise Invalid(errors={"pieces": ["Write numbers like 3, 7-9."]})
        first, last = int(said.group(1)), int(said.group(2) or said.group(1))
        if not first <= last < first + runs.MOST:
            raise Invalid(errors={"pieces": ["There are no such pieces in this run."]})
        found += range(first, last + 1)
    return found[: 10 * runs.MOST]


def _sample() -> tuple[dict[str, Any], dict[str, str]]:
    """What a preview's picture is asked for with."""
    fields = {name: text for name, text in request.args.items() if is_clean(text)}
    names = (*TEXTS, *NUMBERS, "symbols")
    form = _order({name: fields.get(name, "")[:40] for name in names}, b"")
    said = {name: fields.get(f"of_{name}", "")[:200] for name in ("title", "place", "grade")}
    return form, said


def _sample_query(fields: Mapping[str, str], first: Mapping[str, str]) -> str:
    asked = {name: text for name, text in fields.items() if text and name != "things"}
    return urlencode(asked | {f"of_{name}": text for name, text in first.items() if text})


# --- Showing -------------------------------------------------------------------------------


def _form(
    filled: Mapping[str, str],
    chosen: Mapping[str, Any],
    refused: Invalid | None = None,
    shown: Mapping[str, Any] | None = None,
) -> Any:
    status = problems.status_of(type(refused)) if refused else 200
    return page(
        "print/order.html",
        status,
        filled=filled,
        chosen=chosen,
        shown=shown,
        once=secrets.token_hex(16),
        **_said(refused),
    )


def _run(number: str, refused: Refused | None = None) -> Any:
    by = auth.current_actor()
    found = runs.show_run(number, by=by)
    return page(
        "print/run.html",
        problems.status_of(type(refused)) if refused else 200,
        run=found,
        pieces=runs.pieces_of(number, 0, MOST_PIECES, by=by)["items"],
        teams=[found["area"], *areas.tree(found["area"]["code"], by=by)],
        formats=list(runs.FORMATS),
        wrong=_wrong_labels(refused),
        **_said(refused if isinstance(refused, Invalid) else None),
    )


FIELD_OF = {"copies": "symbols", "module_mm": "symbols"}


def _said(refused: Invalid | None) -> dict[str, Any]:
    """A refusal as sentences at their fields, and a list's errors row by row."""
    if refused is None:
        return {"errors": {}, "findings": [], "summary": ""}
    summary = problems.sentence_of(refused)
    if isinstance(refused, ListWrong):
        return {"errors": {"things": summary}, "findings": refused.findings, "summary": summary}
    if isinstance(refused, RunTooLarge):
        return {"errors": {"things": summary}, "findings": [], "summary": summary}
    told: dict[str, str] = {}
    for name, sentences in (refused.facts.get("errors") or {}).items():  # type: ignore[attr-defined]
        told[FIELD_OF.get(name, name)] = " ".join(map(str, words.translated(sentences)))
    return {"errors": told, "findings": [], "summary": summary}


def _wrong_labels(refused: Refused | None) -> dict[str, Any]:
    """The sentence, and what is wrong with which piece."""
    if not isinstance(refused, LabelsWrong):
        return {}
    errors: Any = refused.facts["errors"]
    return {
        "sentence": problems.sentence_of(refused),
        "pieces": {
            piece: " ".join(map(gettext, sentences))
            for piece, sentences in errors["pieces"].items()
        },
    }
