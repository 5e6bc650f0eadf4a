"""One answer, two ways to write it: XML, and JSON by the Spark convention.

An answer is plain data: text, numbers, True and False, None for an empty element, dicts for
elements with named children, and `Listed` for a container whose children all have one name.
Spark drops the root, makes an array of every `Listed`, whatever its length, and null of what is
empty. Both writers see the same cleaned text, so neither can say what the other cannot.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import orjson

Tree = Any


@dataclass(frozen=True)
class Listed:
    """`items`, each an element called `name`."""

    name: str
    items: Sequence[Tree]


def as_json(tree: Tree) -> bytes:
    """The tree without its root."""
    return orjson.dumps(_plain(tree))


def as_xml(root: str, tree: Tree) -> bytes:
    """The tree below an element called `root`: no namespace, no attribute."""
    element = ElementTree.Element(root)
    _fill(element, tree)
    return (
        b'<?xml version="1.0" encoding="utf-8"?>\n'
        + ElementTree.tostring(element, encoding="unicode").encode()
    )


def clean(text: str) -> str:
    """The text without what XML cannot hold, its line breaks as XML readers hand them on."""
    return UNWRITABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _plain(tree: Tree) -> Any:
    if isinstance(tree, Listed):
        return [_plain(item) for item in tree.items]
    if isinstance(tree, dict):
        return {name: _plain(value) for name, value in tree.items()}
    if isinstance(tree, str):
        return clean(tree) or None
    return tree


def _fill(element: ElementTree.Element, tree: Tree) -> None:
    if isinstance(tree, Listed):
        for item in tree.items:
            _fill(ElementTree.SubElement(element, tree.name), item)
    elif isinstance(tree, dict):
        for name, value in tree.items():
            _fill(ElementTree.SubElement(element, name), value)
    elif isinstance(tree, bool):
        element.text = "true" if tree else "false"
    elif tree is not None:
        element.text = clean(str(tree)) or None
