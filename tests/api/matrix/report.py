"""The matrix as text: what each operation answers to whom, and exactly which fields.

    ## showBuilding  GET /buildings/{code}
    a: address area{code name path} ... rooms[code ... residents[id name+ phone~ ...] ...]
    own: live
      200 open a             collector police_officer
      401 not-signed-in      nobody
      403 not-allowed (verb) everybody else

A mark behind a field of a person, firm or event says how it looks in this answer: + shown,
~ masked, - null in every row. Fields without a mark are no record's. `x[]` is an empty list.
"""

import io
import json
import re
import string
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from flask import Flask
from werkzeug.test import TestResponse

from backend.db import database
from backend.rules import signing
from tests.api.matrix.requests import SAMPLES, Ask, Cell
from tests.api.matrix.world import EXPECTED, PLACES, VISITS, WHO, World

API = "/api/v1"
PROBLEM = {"type", "title", "status", "code", "detail", "request_id"}


class Operation(NamedTuple):
    method: str
    path: str  # Below /api/v1, with its parameters in braces.


def operations(app: Flask) -> dict[str, Operation]:
    """Everything the app routes below /api/v1, by name.

    What is not in the OpenAPI document (health, documents) goes by the last word of its path.
    """
    document = app.test_client().get(f"{API}/openapi.json").json
    named = {
        (method.upper(), path): operation["operationId"]
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if "operationId" in operation
    }
    found = {}
    for rule in app.url_map.iter_rules():
        if not str(rule).startswith(f"{API}/"):
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(rule))
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            name = named.pop((method, path), None)
            name = name or path.rpartition("/")[2].partition(".")[0]
            assert name not in found, f"two operations are called {name}"
            found[name] = Operation(method, path.removeprefix(API))
    assert not named, f"documented, but not routed: {sorted(named.values())}"
    return found


def sections() -> dict[str, str]:
    """What is expected: the text of each operation, by name."""
    text = EXPECTED.read_text(encoding="utf-8").removeprefix("## ")
    return {each.split()[0]: f"## {each.strip()}\n" for each in text.split("\n## ")}


def block(world: World, name: str, operation: Operation) -> str:
    """The section of one operation: all of its cells, played and put together."""
    shapes: dict[str, str] = {}
    rows: dict[tuple[str, str], dict[str, list[str]]] = {}
    for place in PLACES:
        for visit in VISITS:
            seen: dict[str, list[str]] = defaultdict(list)
            for who in WHO:
                answer = played(Cell(world, who, place, visit), name, operation)
                seen[_outcome(answer, shapes)].append(who)
            rows[place, visit] = dict(seen)
    lines = [f"## {name}  {operation.method} {operation.path}"]
    lines += [f"{letter}: {shape}" for shape, letter in shapes.items()]
    for heading, outcomes in _together(rows):
        lines.append(f"{heading}")
        width = max(map(len, outcomes))
        rest = _rest(outcomes)
        lines += [
            f"  {outcome:<{width}}  {'everybody else' if people is rest else ' '.join(people)}"
            for outcome, people in sorted(outcomes.items())
        ]
    return "\n".join(lines) + "\n"


def played(cell: Cell, name: str, operation: Operation) -> TestResponse:
    """The answer to one cell. Whatever it did is undone."""
    ask = SAMPLES[name](cell)
    with database.atomic() as undone:
        answer = play(cell, operation, ask)
        undone.rollback()
    return answer


def play(
    cell: Cell, operation: Operation, ask: Ask, headers: Mapping[str, str] | None = None
) -> TestResponse:
    """The answer to a request of this cell's person, with this cell's lease."""
    head = dict(headers or {})
    if cell.who != "nobody":
        head["Authorization"] = f"Bearer {cell.person.worker.token}"
    if cell.lease is not None:
        head["Visit-Lease"] = cell.lease
    if ask.version is not None:
        head["If-Match"] = ask.version
    body = ask.body
    if body is not None and ask.signed:
        secret = cell.person.worker.device["secret"]
        body = {**body, "sig": signing.sign(secret, json.dumps(body).encode())}
    return cell.world.client.open(
        API + operation.path.format(**ask.path),
        method=operation.method,
        query_string=ask.query,
        headers=head,
        **({"json": body} if ask.files is None else {"data": _form(ask.files)}),
    )


def _form(files: Mapping[str, bytes]) -> dict[str, Any]:
    return {name: (io.BytesIO(content), name) for name, content in files.items()}


def _outcome(answer: TestResponse, shapes: dict[str, str]) -> str:
    """Status, and what tells the answers of one status apart."""
    status = answer.status_code
    body = answer.get_json(silent=True) if answer.is_json else None
    if status >= 400:
        assert isinstance(body, dict)
        facts = sorted(body.keys() - PROBLEM)
        assert body.keys() >= PROBLEM
        more = [f"({' '.join(facts)})"] if facts else []
        return " ".join([str(status), body["code"], *more])
    if body is None or "paths" in body:
        return f"{status} {answer.mimetype if answer.data else 'nothing'}"
    words = [str(status)]
    if "visible" in body:
        words.append(":".join(filter(None, (body["visible"], body["reason"]))))
    elif "state" in body and "lease" in body:
        words.append(":".join(filter(None, (body["state"], body["reason"]))))
    letter = shapes.setdefault(_shape(body), string.ascii_lowercase[len(shapes)])
    return " ".join([*words, letter])


def _rest(outcomes: dict[str, list[str]]) -> list[str] | None:
    """The many who are refused alike; whoever gets something is always named."""
    refused = [people for outcome, people in outcomes.items() if not outcome.startswith("2")]
    most = max(refused, key=len, default=[])
    return most if len(most) >= MANY else None


MANY = 4

# What differs from line to line and is not fixed by the answer's schema.
FREE = {"answer", "facts", "title", "checks"}
RECORDS = ("residence_kind", "business_name", "event_class")
PLAIN = {"id", "version", "room"}


def _shape(value: Any) -> str:
    """The fields of an answer, sorted; those of a list's items together."""
    return " ".join(_fields([value]))


def _fields(rows: list[dict[str, Any]]) -> Iterable[str]:
    every = set.union(*(set(row) for row in rows))
    for name in sorted(every):
        assert all(name in row for row in rows), f"{name} is missing in some rows"
        yield _field(name, [row[name] for row in rows], rows[0])


def _field(name: str, values: list[Any], row: dict[str, Any]) -> str:
    known = [value for value in values if value is not None]
    if any(isinstance(value, dict) for value in known):
        return f"{name}{{{'' if name in FREE else ' '.join(_fields(known))}}}"
    if any(isinstance(value, list) for value in known):
        items = [item for value in known for item in value]
        is_text = bool(items) and not isinstance(items[0], dict)
        return f"{name}[{'' if not items else '...' if is_text else ' '.join(_fields(items))}]"
    if name not in PLAIN and any(record in row for record in RECORDS):
        return name + _mark(name, known)
    return name


def _mark(name: str, known: list[str]) -> str:
    if not known:
        return "-"
    masked = [
        "**" in value or (name == "birth_date" and len(value) == 4)
        for value in known
    ]  # fmt: skip
    assert len(set(masked)) == 1, f"{name} is masked in some rows only"
    return "~" if masked[0] else "+"


def _together(
    rows: dict[tuple[str, str], dict[str, list[str]]],
) -> Iterable[tuple[str, dict[str, list[str]]]]:
    """Places and visits with the same outcomes under one heading."""
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for kind, outcomes in rows.items():
        groups[json.dumps(outcomes, sort_keys=True)].append(kind)
    for kinds in groups.values():
        parts = []
        for place in PLACES:
            visits = [visit for where, visit in kinds if where == place]
            if visits:
                all_of_them = len(visits) == len(VISITS)
                parts.append(f"{place}: {'any visit' if all_of_them else ' '.join(visits)}")
        yield " | ".join(parts), rows[kinds[0]]
