"""Questions of an XLSForm become items; one that has no place with us is named by its row."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backend.services.inspections.xlsforms import terms
from backend.services.inspections.xlsforms.drafts import Drafted

# What a phone notes by itself; our inspections know it anyway.
NOTED = frozenset(
    (
        "start",
        "end",
        "today",
        "deviceid",
        "subscriberid",
        "simserial",
        "phonenumber",
        "username",
        "email",
        "audit",
        "start-geopoint",
        "uri:deviceid",
        "uri:username",
    )
)
# What changes how a question looks, or what stands in it at first, but no answer's being right.
LEFT_OUT = {
    "control": "appearance",
    "media": "image, audio or video",
    "default": "default",
    "guidance_hint": "guidance_hint",
    "sms_field": "sms_field",
    "jr:requiredMsg": "required_message",
    "saveIncomplete": "saveIncomplete",
}
TAKEN = frozenset(
    ("type", "name", "label", "hint", "bind", "list_name", "itemset", "choices", "parameters")
)
BINDS_TAKEN = frozenset(
    ("relevant", "required", "constraint", "jr:constraintMsg", "orx:max-pixels", terms.PART)
)  # Photos are made small anyway.
CALLED = {"calculate": "calculation", "readonly": "read_only"}


def entries_of(children: Sequence[Any], relevant: str, draft: Drafted) -> Iterator[dict[str, Any]]:
    """The questions in order, those of groups too: a group's condition is that of all its own."""
    for child in children:
        kind, name = str(child.get("type")), str(child.get("name"))
        bind = child.get("bind") or {}
        if kind == "group":
            if name != "meta":
                yield from _group(child, _both(relevant, bind.get("relevant", "")), draft)
        elif kind in NOTED:
            draft.notice(f"{name} ({kind}) is left out: who, where and when is kept anyway.")
        elif bind.get(terms.PART):
            continue  # Every check asks for it by itself.
        elif kind not in terms.OURS:
            draft.complain(name, "type", f"{name}: there is no place for {kind!r} in our forms")
        else:
            yield _entry(child, _both(relevant, bind.get("relevant", "")), draft)


def _group(group: Mapping[str, Any], relevant: str, draft: Drafted) -> Iterator[dict[str, Any]]:
    """A group's heading is a note."""
    if group.get("label"):
        zh, en = _tongues(group["label"])
        note = {"code": group["name"], "zh": zh, "en": en, "type": "note"}
        yield {**note, "relevant": relevant} if relevant else note
    yield from entries_of(group.get("children") or (), relevant, draft)


def _entry(child: Mapping[str, Any], relevant: str, draft: Drafted) -> dict[str, Any]:
    name, bind = str(child["name"]), child.get("bind") or {}
    kind = terms.OURS[str(child["type"])]
    zh, en = _tongues(child.get("label"))
    hint_zh, hint_en = _tongues(child.get("hint"))
    message, message_en = _tongues(bind.get("jr:constraintMsg"))
    entry: dict[str, Any] = {
        "code": name,
        "zh": zh or (name if kind == "sum" else ""),
        "en": en,
        "hint_zh": hint_zh,
        "hint_en": hint_en,
        "message": message,
        "message_en": message_en,
        "type": kind,
        "required": _is_required(name, bind, draft),
        "relevant": relevant,
        "constraint": _rule(bind.get("constraint", "")),
        "sum": _rule(bind.get("calculate", "")) if kind == "sum" else "",
    }
    draft.lists[name] = str(child.get("list_name"))
    if kind in ("choice", "choices"):
        entry |= _choices(child, draft)
    _add_extras(name, bind, entry, draft)
    _tell_of_the_rest(name, child, bind, draft)
    return {key: value for key, value in entry.items() if value not in ("", None)}


def _choices(child: Mapping[str, Any], draft: Drafted) -> dict[str, Any]:
    name, found = str(child["name"]), []
    for choice in child.get("choices") or ():
        zh, en = _tongues(choice.get("label"))
        found.append({"code": str(choice.get("name")), "zh": zh or None, "en": en})
    if draft.lists[name] != terms.CHECKS:
        return {"choices": found}
    if {one["code"] for one in found} != {"ok", "wrong", "na"}:
        said = f"{name}: the list {terms.CHECKS} holds ok, wrong and na"
        draft.complain(name, "type", said)
    return {"type": "check"}


def _add_extras(name: str, bind: Mapping[str, Any], entry: dict[str, Any], draft: Drafted) -> None:
    """What makes a hazard of it: bind::gridtag:level and the like."""
    for mark, value in bind.items():
        key = str(mark).removeprefix("gridtag:")
        if key == mark or mark == terms.PART:
            continue
        column = f"bind::{mark}"
        if key not in terms.EXTRAS:
            draft.complain(name, column, f"{name}: there is no {column}")
        elif key in terms.TRUTHS:
            entry[key] = _truth(value)
            if entry[key] is None:
                draft.complain(name, column, f"{name}: {key} is yes or no")
        elif key == "days" and not (str(value).isascii() and str(value).isdigit()):
            draft.complain(name, column, f"{name}: days is a whole number")
        else:
            entry[key] = int(value) if key == "days" else str(value)


def _is_required(name: str, bind: Mapping[str, Any], draft: Drafted) -> bool:
    said = bind.get("required", "no")
    found = _truth(said)
    if found is None:
        draft.complain(name, "required", f"{name}: required is yes or no here, not {said!r}")
    return bool(found)


def _tell_of_the_rest(
    name: str, child: Mapping[str, Any], bind: Mapping[str, Any], draft: Drafted
) -> None:
    """What we cannot ask is refused; what only looks different is left out, and said."""
    for key in (*child.keys() - TAKEN, *(bind.keys() - BINDS_TAKEN)):
        value = child.get(key, bind.get(key))
        if not value or str(key).startswith("gridtag:"):
            continue
        if key == "calculate" and child["type"] == "calculate":
            continue
        column = LEFT_OUT.get(key)
        if column:
            draft.notice(f"{name}: its {column} is left out.")
        elif key != "readonly" or _truth(value) is not False:
            said = f"{name}: {key} has no place in our forms"
            draft.complain(name, CALLED.get(key, str(key)), said)


def _truth(value: Any) -> bool | None:
    said = str(value).strip().lower().removesuffix("()")
    return True if said in ("yes", "true") else False if said in ("no", "false") else None


# --- Words and rules ----------------------------------------------------------------------


def _tongues(said: Any) -> tuple[str, str]:
    """Words in Chinese and in English; what comes in one language serves for both."""
    if not isinstance(said, Mapping):
        text = str(said or "").strip()
        return text, text
    by = {terms.language(str(name)): str(words or "").strip() for name, words in said.items()}
    anyhow = by.get("default") or next(iter(by.values()), "")
    zh = by.get("zh") or by.get("default") or by.get("en") or anyhow
    return zh, by.get("en") or by.get("default") or zh


PARENTS = re.compile(r"(?:\.\./)+([A-Za-z_][A-Za-z0-9_.-]*)")


def _rule(text: str) -> str:
    """A rule in our words: `../floors` is `${floors}`, for no name stands twice in a form."""
    return PARENTS.sub(r"${\1}", str(text)).strip()


def _both(outer: str, inner: str) -> str:
    inner = _rule(inner)
    return f"({outer}) and ({inner})" if outer and inner else outer or inner


def check_names_in_words(entries: Sequence[Mapping[str, Any]], draft: Drafted) -> None:
    """Words that name an answer are shown as they stand; one that is not asked is a mistake."""
    codes = {entry["code"] for entry in entries}
    for entry in entries:
        for key in ("zh", "en", "hint_zh", "hint_en", "message", "message_en"):
            named = terms.NAMED.findall(str(entry.get(key, "")))
            column = terms.COLUMNS[key]
            for name in sorted({*named} - codes):
                text = f"{entry['code']}: {column} names {name}, which is not asked"
                draft.complain(entry["code"], column, text)
            if named:
                draft.notice(f"{entry['code']}: ${{...}} in its {column} is shown as it stands.")
