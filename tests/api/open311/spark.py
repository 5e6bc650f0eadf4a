"""XML to JSON by the Spark convention, written from the convention's text and not from our code."""

from typing import Any
from xml.etree import ElementTree

LISTS = frozenset(
    {
        "services", "service_requests", "errors", "attributes", "values", "endpoints", "formats",
        "notes", "service_request_updates", "photos",
    }
)  # fmt: skip
"""Containers whose children are all one element: arrays, be there none, one or many."""
TRUTHS = frozenset({"metadata", "variable", "required"})
NUMBERS = frozenset({"lat", "long", "order", "reports"})


def read(xml: bytes) -> tuple[str, Any]:
    """The root's name, and the value that the same answer must have in JSON."""
    assert xml.startswith(b'<?xml version="1.0" encoding="utf-8"?>\n<')
    root = ElementTree.fromstring(xml)
    assert not any(element.attrib or "{" in element.tag for element in root.iter())
    return root.tag, value(root)


def value(element: ElementTree.Element) -> Any:
    if element.tag in LISTS:
        return [value(child) for child in element]
    if len(element):
        names = [child.tag for child in element]
        assert len(set(names)) == len(names), f"{element.tag} says one thing twice"
        return {child.tag: value(child) for child in element}
    if element.text is None:
        return None
    if element.tag in TRUTHS:
        return {"true": True, "false": False}[element.text]
    if element.tag in NUMBERS:
        return float(element.text)
    return element.text
