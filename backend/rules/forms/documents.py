"""Forms as documents: read with every fault named, written in the one shape that is compared."""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any

from backend.rules import expressions
from backend.rules.expressions import BadExpression, Expression
from backend.rules.forms.items import (
    CHOICE,
    CODE,
    ITEM_CODE,
    LEVELS,
    LONGEST_TEXT,
    MOST_ITEMS,
    TYPES,
    Form,
    Item,
    Word,
)

Document = Mapping[str, Any]
SHOWN = 20  # Faults that one sentence names.


@dataclass(frozen=True)
class Fault:
    """What is wrong with a document: of which item, at which of its keys and choices."""

    text: str
    item: str | None = None
    key: str | None = None
    choice: str | None = None

    def __str__(self) -> str:
        return f"{self.item}: {self.text}" if self.item else self.text


class BadForm(ValueError):
    """A document that is no form; `faults` is all that is wrong with it."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__("; ".join(map(str, faults[:SHOWN])))


# --- Reading ------------------------------------------------------------------------------


def from_document(document: Document) -> Form:
    """The form that a document says. Raises BadForm with every fault."""
    faults: list[Fault] = []
    head = _head(document, faults)
    items = _items(document.get("items"), faults)
    if faults:
        raise BadForm(*faults)
    return Form(**head, items=items, by_code={item.code: item for item in items})


def _head(document: Document, faults: list[Fault]) -> dict[str, str]:
    for key in ("code", "subject"):
        if not isinstance(document.get(key), str) or not CODE.fullmatch(document[key]):
            said = f"{document.get(key)!r} is no code: letters, digits and _, at most 40"
            faults.append(Fault(said, key=key))
    zh, en = document.get("zh"), document.get("en") or document.get("zh")
    for key, words in (("zh", zh), ("en", en)):
        if not isinstance(words, str) or not 1 <= len(words) <= LONGEST_TEXT:
            faults.append(Fault(f"lacks its name '{key}'", key=key))
    return {"code": document.get("code"), "subject": document.get("subject"), "zh": zh, "en": en}  # type: ignore[dict-item]


def _items(entries: Any, faults: list[Fault]) -> tuple[Item, ...]:
    entries = entries if isinstance(entries, list) else []
    if not 1 <= len(entries) <= MOST_ITEMS:
        faults.append(Fault(f"has {len(entries)} items, not 1 to {MOST_ITEMS}", key="items"))
        return ()
    found: dict[str, Item] = {}
    for entry in entries:
        try:
            item = _item(entry)
            if item.code in found:
                raise BadForm(Fault("two items have the same code", item.code, "code"))
            _check(item, found.keys())
            found[item.code] = item
        except BadForm as bad:
            faults += bad.faults
    return tuple(found.values())


_KNOWN = {one.name: one for one in fields(Item)}
RULES = ("relevant", "constraint", "sum")
_TRUTHS = ("required", "at_once", "photo")


def _item(entry: Any) -> Item:
    if not isinstance(entry, Mapping):
        raise BadForm(Fault("an item is an object with a code", key="items"))
    values = {name: value for name, value in entry.items() if value is not None}
    code = values.get("code")
    if not isinstance(code, str) or not ITEM_CODE.fullmatch(code):
        said = f"{code!r} is no code: letters, digits, _, . and -, at most 40"
        raise BadForm(Fault(said, str(code)[:LONGEST_TEXT], "code"))
    _check_shapes(code, values)
    values["choices"] = tuple(_choice(code, one) for one in values.get("choices", ()))
    for name in RULES:
        text = values.pop(name, None)
        if text:
            values[name] = _expression(code, name, text)
    values.setdefault("en", values["zh"])
    for name in ("hint_zh", "message"):
        _once(values, name, f"{name.removesuffix('_zh')}_en")
    if values.get("type", "check") != "check":
        values.setdefault("required", False)
    return Item(**values)


def _once(values: dict[str, Any], zh: str, en: str) -> None:
    """Words of one language serve for both: they are kept once, so that equal forms are equal."""
    values[zh] = values.get(zh) or values.get(en, "")
    if values.get(en) == values[zh]:
        del values[en]


def _check_shapes(code: str, values: Mapping[str, Any]) -> None:
    """That every key is known and holds what it should."""
    faults = [Fault(f"unknown keys {name}", code, name) for name in values.keys() - _KNOWN.keys()]
    if "zh" not in values:
        faults.append(Fault("lacks its words 'zh'", code, "zh"))
    for name, value in values.items():
        if name in _TRUTHS:
            if not isinstance(value, bool):
                faults.append(Fault(f"{name} is yes or no", code, name))
        elif name == "days":
            if isinstance(value, bool) or not isinstance(value, int):
                faults.append(Fault("days is a whole number", code, name))
        elif name == "choices":
            if not isinstance(value, list):
                faults.append(Fault("choices is a list", code, name))
        elif not isinstance(value, str) or len(value) > expressions.LONGEST:
            faults.append(Fault(f"{name} is a text", code, name))
    if faults:
        raise BadForm(*faults)


def _choice(code: str, entry: Any) -> Word:
    if not isinstance(entry, Mapping) or not CHOICE.fullmatch(str(entry.get("code"))):
        chosen = entry.get("code") if isinstance(entry, Mapping) else entry
        raise BadForm(Fault(f"the choice {chosen!r} is no code", code, "choices", str(chosen)))
    chosen, zh = str(entry["code"]), entry.get("zh")
    if not isinstance(zh, str):
        raise BadForm(Fault(f"the choice {chosen!r} lacks its words", code, "choices", chosen))
    return Word(chosen, zh, str(entry.get("en") or zh))


def _expression(code: str, name: str, text: str) -> Expression:
    try:
        return expressions.read(text)
    except BadExpression as fault:
        raise BadForm(Fault(f"{name} cannot be read: {fault}", code, name)) from fault


def _check(item: Item, before: Iterable[str]) -> None:
    """What the shape alone does not show."""
    wrong = [
        (item.type not in TYPES, "type", f"there is no type {item.type!r}"),
        (
            bool(item.choices) != (item.type in ("choice", "choices")),
            "choices",
            "choices go with a choice, and only with one",
        ),
        (
            (item.sum is not None) != (item.type == "sum"),
            "sum",
            "what is worked out says how, and nothing else does",
        ),
        (len(item.codes) != len(item.choices), "choices", "a choice stands twice"),
        (item.level not in LEVELS, "level", f"a level of {', '.join(LEVELS)}"),
        (item.days not in range(1, 366), "days", "1 to 365 days"),
        (
            item.at_once and not item.problem,
            "problem",
            "what opens a case at once names its problem",
        ),
    ]
    faults = [Fault(said, item.code, key) for is_wrong, key, said in wrong if is_wrong]
    # So that no question waits for one that comes later, or for itself.
    for key, rule, asked in (
        ("relevant", item.relevant, set(before)),
        ("constraint", item.constraint, {*before, item.code}),
        ("sum", item.sum, set(before)),
    ):
        later = sorted(rule.names - asked) if rule else ()
        faults += [Fault(f"{name} is not asked before it", item.code, key) for name in later]
    if faults:
        raise BadForm(*faults)


# --- Writing ------------------------------------------------------------------------------


def as_document(form: Form) -> dict[str, Any]:
    """The document of a form, without what goes without saying: equal forms, equal documents."""
    return {
        "code": form.code,
        "subject": form.subject,
        "zh": form.zh,
        "en": form.en,
        "items": [_entry(item) for item in form.items],
    }


def _entry(item: Item) -> dict[str, Any]:
    entry: dict[str, Any] = {"code": item.code, "zh": item.zh, "en": item.en}
    for one in fields(Item):
        value = getattr(item, one.name)
        if one.default is not MISSING and value != _usual(item, one.name, one.default):
            entry[one.name] = _plain(value)
    return entry


def _usual(item: Item, name: str, default: Any) -> Any:
    return item.type == "check" if name == "required" else default


def _plain(value: Any) -> Any:
    if isinstance(value, Expression):
        return value.text
    if isinstance(value, tuple):
        return [one.as_dict() for one in value]
    return value
