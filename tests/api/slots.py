"""Every place in every request where a client may put something, and how to put it there."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote_from_bytes

from backend.errors import Refused
from backend.rules import signing
from tests.api.matrix.report import API, Operation
from tests.api.matrix.requests import Ask, Cell
from tests.api.raw import Sent
from tests.nasty import Nasty

Document = dict[str, Any]

HEADERS = (
    "Authorization",
    "Visit-Lease",
    "If-Match",
    "If-None-Match",
    "Idempotency-Key",
    "Accept",
    "Accept-Language",
    "Content-Type",
    "Cookie",
    "Host",
    "Origin",
    "Range",
    "Sec-Fetch-Site",
    "X-Forwarded-For",
    "X-Forwarded-Host",
)
"""What any request may carry. Which operation it goes to makes little difference."""

AS_SENT = {"Authorization": b"Bearer %s", "Cookie": b"gridtag=%s; language=%s"}
"""What stands around a header's value, so that it is read at all."""


class Slot(NamedTuple):
    """A place in the requests of an operation."""

    operation: str
    kind: str  # path, query, head, member (of the body), name (of a member or parameter), body
    name: str = ""  # of the parameter or header; a member's way through the body: fix.lat

    def __str__(self) -> str:
        return f"{self.operation} {self.kind} {self.name}".strip()


def all_slots(document: Document) -> Iterator[Slot]:
    """Those the document names, and those it does not: another name, another body."""
    for methods in document["paths"].values():
        shared = methods.get("parameters", [])
        for method, operation in methods.items():
            if method == "parameters":
                continue
            name = operation["operationId"]
            for parameter in shared + operation.get("parameters", []):
                kind = {"header": "head"}.get(parameter["in"], parameter["in"])
                yield Slot(name, kind, parameter["name"])
            if "requestBody" in operation:
                # A form with a file has no members to put something into.
                json_body = operation["requestBody"]["content"].get("application/json", {})
                found = members(json_body.get("schema", {}), document)
                yield from (Slot(name, "member", way) for way in found)
            yield Slot(name, "name")
            yield Slot(name, "body")


def members(schema: dict[str, Any], document: Document, way: str = "") -> Iterator[str]:
    """Every member of a body, nested ones and those of list items (`roles.0.area`) too."""
    for choice in schema.get("anyOf", ()):
        yield from members(choice, document, way)
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield from members(document["components"]["schemas"][name], document, way)
    for name, member in schema.get("properties", {}).items():
        yield f"{way}{name}"
        yield from members(member, document, f"{way}{name}.")
    if "items" in schema:
        yield f"{way}0"
        yield from members(schema["items"], document, f"{way}0.")


def request(cell: Cell, ask: Ask, operation: Operation, slot: Slot, value: Nasty) -> Sent:
    """The operation's good request, but for what stands in the slot."""
    values = {name: str(text).encode() for name, text in ask.path.items()}
    query = [(name.encode(), quoted(str(text).encode())) for name, text in ask.query.items()]
    head = head_of(cell, ask)
    if slot.kind == "path":
        values[slot.name] = value.text
    elif slot.kind == "query":
        query = [pair for pair in query if pair[0] != slot.name.encode()]
        query.append((slot.name.encode(), in_query(value.text)))
    elif slot.kind == "name":
        query.append((in_query(value.text), b"1"))
    elif slot.kind == "head":
        head[slot.name] = in_header(slot.name, value.text)
    path = (API + operation.path).encode()
    for name, text in values.items():
        path = path.replace(f"{{{name}}}".encode(), text)
    return Sent(
        operation.method,
        path,
        b"&".join(b"%s=%s" % pair for pair in query),
        head,
        body_of(cell, ask, slot, value),
    )


def head_of(cell: Cell, ask: Ask) -> dict[str, bytes]:
    head = {}
    if cell.who != "nobody":
        head["Authorization"] = f"Bearer {cell.person.worker.token}"
    if cell.lease is not None:
        head["Visit-Lease"] = cell.lease
    if ask.version is not None:
        head["If-Match"] = ask.version
    return {name: text.encode() for name, text in head.items()}


def quoted(text: bytes) -> bytes:
    return quote_from_bytes(text, safe="").encode()


def in_query(text: bytes) -> bytes:
    """Percent-encoded where it must be; what is encoded already, rightly or not, stays so."""
    return text if b"%" in text and text.isascii() and b"\n" not in text else quoted(text)


def in_header(name: str, text: bytes) -> bytes:
    """No server lets a line break into a header, nor blanks around it."""
    line = text.replace(b"\r", b"").replace(b"\n", b"").strip()
    return AS_SENT.get(name, b"%s").replace(b"%s", line)


# --- Bodies --------------------------------------------------------------------------------

HERE = "\N{BLACK STAR}here\N{BLACK STAR}"


def body_of(cell: Cell, ask: Ask, slot: Slot, value: Nasty) -> bytes | None:
    """The raw body, signed if it must be and can be."""
    if slot.kind == "body":
        return value.json
    if ask.body is None:
        return None
    body = json.loads(json.dumps(ask.body))
    if slot.kind == "member":
        put(body, slot.name.split("."))
    if slot.kind == "name":
        body[HERE] = {HERE: 1}
    if ask.signed and slot.name != "sig":
        body["sig"] = signature(cell, with_value(body, slot, value))
    return with_value(body, slot, value)


def put(body: Any, way: list[str]) -> None:
    """A mark where the value belongs, and whatever has to be there to hold it."""
    for name, following in zip(way, [*way[1:], ""], strict=True):
        key: Any = int(name) if name.isdecimal() else name
        inner: Any = HERE if not following else [{}] if following.isdecimal() else {}
        if isinstance(body, list) or not following or not isinstance(body.get(key), dict | list):
            body[key] = inner
        body = body[key]


def with_value(body: Any, slot: Slot, value: Nasty) -> bytes:
    """The body's text with the value at the mark; a name can only be a string."""
    raw = value.json
    if slot.kind == "name" and not raw.startswith(b'"'):
        raw = json.dumps(value.text.decode()).encode()
    return json.dumps(body, ensure_ascii=False).encode().replace(f'"{HERE}"'.encode(), raw)


def signature(cell: Cell, raw: bytes) -> str:
    try:
        return signing.sign(cell.person.worker.device["secret"], raw)
    except Refused:  # What cannot be signed is sent with a signature of nothing.
        return "0" * 64
