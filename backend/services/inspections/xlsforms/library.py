"""pyxform, called as we need it: loaded with the first form, and with words kept as they are."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

# pyxform makes straight quotation marks of these, for rules that were typed in a word processor;
# in Chinese words they are the right ones. They travel as characters that mean nothing.
CURLY = str.maketrans("“”‘’", "\ue0f0\ue0f1\ue0f2\ue0f3")
BACK = str.maketrans("\ue0f0\ue0f1\ue0f2\ue0f3", "“”‘’")
OF_WORDS = (
    "label",
    "hint",
    "constraint_message",
    "form_title",
    "bind::gridtag",
    "attribute::gridtag",
)


@dataclass(frozen=True)
class Converted:
    """What pyxform makes of a workbook: the form as a tree, the XForm, and what it warns of."""

    form: dict[str, Any]
    xform: str
    warnings: list[str]


def convert(content: bytes, look: Callable[[Any], None] = lambda _: None) -> Converted:
    """Read a workbook; `look` is shown its rows first. Raises what pyxform raises."""
    from pyxform.xls2json_backends import get_xlsform
    from pyxform.xls2xform import convert as to_xform

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Of styles and print areas, which nobody asked for.
        book = get_xlsform(content, file_type=".xlsx")
        look(book)
        kept = {one.name: getattr(book, one.name) for one in fields(book)}
        for sheet in ("survey", "choices", "settings"):
            kept[sheet] = [_guarded(row) for row in kept[sheet] or ()] or kept[sheet]
        said: list[str] = []
        made = to_xform(kept, said)
    return Converted(_back(made._pyxform), made.xform.translate(BACK), said)


def _guarded(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: cell.translate(CURLY)
        if isinstance(cell, str) and name.strip().lower().startswith(OF_WORDS)
        else cell
        for name, cell in row.items()
    }


def _back(said: Any) -> Any:
    if isinstance(said, str):
        return said.translate(BACK)
    if isinstance(said, dict):
        return {_back(key): _back(value) for key, value in said.items()}
    if isinstance(said, list | tuple):
        return [_back(one) for one in said]
    return said
