"""XLSForms as a city's clerk would make them, and XForms taken apart to be compared."""

import io
import random
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl

Sheet = Iterable[Mapping[str, str]]

CHECKS = [
    {"list_name": "gridtag_check", "name": name, "label": label}
    for name, label in (("ok", "符合"), ("wrong", "不符合"), ("na", "不适用"))
]
SETTINGS = {
    "form_title": "充电点巡查表",
    "form_id": "city_charging",
    "namespaces": 'gridtag="urn:gridtag:forms"',
    "attribute::gridtag:subject": "charging_point",
}


ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "fixtures" / "forms").glob("*.toml"))
PUBLIC = ROOT / "tests" / "data" / "xlsforms" / "xlsform_spec_test.xlsx"
TODAY = "2026-11-21"


SURVEY = [
    {"type": "begin_group", "name": "place", "label": "现场", "label::English (en)": "On site"},
    {
        "type": "select_one gridtag_check",
        "name": "cut_off",
        "label": "充满自动断电",
        "label::English (en)": "It cuts off when full",
        "required": "yes",
        "bind::gridtag:level": "major",
        "bind::gridtag:law": "《消防法》第二十七条",
        "bind::gridtag:days": "3",
        "bind::gridtag:problem": "broken",
        "bind::gridtag:at_once": "yes",
    },
    {
        "type": "integer",
        "name": "sockets",
        "label": "插座数",
        "hint": "只数能用的",
        "required": "yes",
        "constraint": ". >= 1 and . <= 200",
        "constraint_message": "1到200个",
    },
    {"type": "end_group"},
    {"type": "begin_group", "name": "more", "relevant": "${sockets} > 10"},
    {"type": "decimal", "name": "price", "label": "电价", "constraint": ". < 3"},
    {"type": "select_multiple gear", "name": "gear", "label": "器材", "relevant": "${price} > 1"},
    {"type": "end_group"},
    {"type": "calculate", "name": "each", "calculation": "${price} div ${sockets}"},
    {"type": "note", "name": "dear", "label": "电价偏高", "relevant": "${each} > 1"},
    {"type": "select_one gear", "name": "main", "label": "主要器材"},
    {},
    {"type": "date", "name": "tested", "label": "检测日期", "constraint": ". <= today()"},
    {"type": "text", "name": "tel", "label": "电话", "constraint": "regex(., '^1[0-9]{10}$')"},
    {"type": "image", "name": "plan", "label": "平面图"},
]  # fmt: skip
GEAR = [
    {"list_name": "gear", "name": "hose", "label": "水带"},
    {"list_name": "gear", "name": "fire_2", "label": "灭火器"},
]
CHOICES = [*CHECKS, *GEAR]
ANSWERS = {
    "cut_off": "ok",
    "sockets": 12,
    "price": 1.5,
    "gear": ["hose"],
    "tested": "2026-11-01",
    "tel": "13800138000",
}


def book(survey: Sheet, choices: Sheet = (), settings: Mapping[str, str] = SETTINGS) -> bytes:
    """A workbook with these rows; `{}` is an empty one."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in (("survey", survey), ("choices", choices), ("settings", [settings])):
        rows = list(rows)
        sheet = made.create_sheet(title)
        columns = list(dict.fromkeys(name for row in rows for name in row))
        sheet.append(columns)
        for row in rows:
            sheet.append([row.get(name) for name in columns])
    return saved(made)


def saved(made: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def without(content: bytes, rows: Iterable[int]) -> bytes:
    """The workbook without these rows of its survey."""
    made = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    for row in sorted(rows, reverse=True):
        made["survey"].delete_rows(row)
    return saved(made)


def broken(content: bytes, chance: random.Random) -> bytes:
    """The workbook with some bytes of the zip, or of a part inside it, as they should not be."""
    if chance.random() < 0.3:
        return _with_wrong_bytes(content, chance)
    source, file = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    hurt = chance.choice(source.namelist())
    with source, zipfile.ZipFile(file, "w") as made:
        for name in source.namelist():
            part = source.read(name)
            made.writestr(name, _with_wrong_bytes(part, chance) if name == hurt else part)
    return file.getvalue()


def _with_wrong_bytes(content: bytes, chance: random.Random) -> bytes:
    wrong = bytearray(content)
    for _ in range(chance.choice((1, 5, 30))):
        wrong[chance.randrange(len(wrong))] = chance.randrange(256)
    return bytes(wrong)


def rows_of(found: Iterable[Any]) -> set[int]:
    return {one.row for one in found if one.row}


# --- XForms -------------------------------------------------------------------------------

XFORMS = "{http://www.w3.org/2002/xforms}"


def questions(xform: bytes | str) -> dict[str, dict[str, Any]]:
    """What an XForm asks, by name: its type, rules and choices, and what its groups add to them."""
    root = ElementTree.fromstring(xform)
    binds = {one.get("nodeset", ""): one for one in root.iter(f"{XFORMS}bind")}
    lists = {
        one.get("id"): [name.text for name in one.iter(f"{XFORMS}name")]
        for one in root.iter(f"{XFORMS}instance")
    }
    body = root.find("{http://www.w3.org/1999/xhtml}body")
    assert body is not None
    return dict(_asked(body, "", binds, lists))


def _asked(
    parent: ElementTree.Element, outer: str, binds: Mapping[str, Any], lists: Mapping[Any, Any]
) -> Iterable[tuple[str, dict[str, Any]]]:
    for element in parent:
        ref = element.get("ref")
        if ref is None or ref not in binds:
            continue
        bind, kind = binds[ref], element.tag.removeprefix(XFORMS)
        own = rule(bind.get("relevant", ""))
        relevant = f"({outer}) and ({own})" if outer and own else outer or own
        if kind == "group":
            yield from _asked(element, relevant, binds, lists)
            continue
        itemset = element.find(f"{XFORMS}itemset")
        source = (
            re.search(r"instance\('([^']+)'\)", itemset.get("nodeset", ""))
            if itemset is not None
            else None
        )
        yield (
            ref.rpartition("/")[2],
            {
                "kind": kind,
                "type": bind.get("type"),
                "relevant": relevant,
                "constraint": rule(bind.get("constraint", "")),
                "required": bind.get("required", "false()"),
                "is_note": bind.get("readonly") == "true()",
                "choices": lists[source[1]] if source else None,
            },
        )


def rule(text: str) -> str:
    """A rule with names in place of paths, and one space where any stand."""
    named = re.sub(r"\s*/(?:[A-Za-z_][\w.-]*/)+([A-Za-z_][\w.-]*)\s*", r" ${\1} ", text)
    spaced = re.sub(r"\s+", " ", named).strip()
    return re.sub(r"([(]) | ([),])", r"\1\2", spaced)
