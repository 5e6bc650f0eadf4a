"""Everything the house says, it says in every language: the sentences in the code, the
catalogues and what is compiled from them agree, and every code of the house has its words."""

import ast
import re
from pathlib import Path

import pytest

from backend.errors import all_codes
from backend.services.cases import urging
from backend.services.imports.events import STATUSES as IMPORTED_STATUSES
from backend.services.records import firms, people
from backend.services.visits import leases
from mobile_api import translations, words
from mobile_api.problems import SENTENCES
from tests import traditional

ROOT = Path(__file__).resolve().parents[2]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}")
OTHERS = [language for language in words.LANGUAGES if language != "en"]

gathered = {message.id for message in translations.gathered() if message.id}


def expected(language: str) -> set[str]:
    """What stands in a catalogue: the sentences, and in one that is derived our data's words."""
    return gathered | translations.data_words() if language == "zh_Hant" else gathered


def sentences_of(language: str) -> dict[str, str]:
    return {m.id: m.string for m in translations.read(language) if m.id}


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated_and_none_is_left_over(language: str) -> None:
    """Mend it with `python -m mobile_api.translations`, then translate what is empty; and what is
    derived with `python -m tests.papers`."""
    known = sentences_of(language)
    assert expected(language) - known.keys() == set(), "not in the catalogue"
    assert known.keys() - expected(language) == set(), "nobody says this any more"
    assert [sentence for sentence, text in known.items() if not text] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_names_the_same_facts(language: str) -> None:
    for sentence, text in sentences_of(language).items():
        facts, theirs = PLACEHOLDER.findall(sentence), PLACEHOLDER.findall(text)
        assert sorted(facts) == sorted(theirs), sentence


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    compiled = translations.catalogue(language).with_suffix(".mo")
    assert compiled.read_bytes() == translations.compiled(translations.read(language))


def test_traditional_chinese_is_derived_and_says_the_same() -> None:
    derived = traditional.derived()
    assert sentences_of("zh_Hant") == derived
    assert derived["路灯"] == "路燈"
    assert "设" not in "".join(derived.values())


def test_nothing_in_a_catalogue_is_a_guess() -> None:
    for language in OTHERS:
        assert [message.id for message in translations.read(language) if message.fuzzy] == []


def test_the_gathering_finds_what_is_said_in_each_way() -> None:
    assert {kind.sentence for kind in all_codes().values()} <= gathered
    assert set(SENTENCES.values()) <= gathered
    for said in (
        "A name is required.",  # errors= of a refusal
        "Send a number.",  # a ValidationError
        "building",  # the noun that is not found
        "registered here",  # marked by N_
        "Enter your password.",  # gettext
        "Allow position and open",  # in a template
    ):
        assert said in gathered


def test_nobody_writes_a_sentence_past_the_catalogue() -> None:
    """Text between the tags of a template is said through _(), except names and code."""
    stray = re.compile(r">([^<>{}]*[A-Za-z]{3}[^<>{}]*)<")
    for path in (ROOT / "mobile_api" / "templates").rglob("*.html"):
        if path.name != "swagger.html":  # English, like the document it reads.
            plain = re.sub(r"\{[#%].*?[#%]\}", "", path.read_text(encoding="utf-8"), flags=re.S)
            assert stray.findall(plain) == [], path.name


def test_every_code_the_house_sends_has_words() -> None:
    kinds = words.WORDS
    assert kinds["residence_kind"].keys() == set(people.KINDS)
    assert kinds["event_status"].keys() == {*firms.STATUSES, *IMPORTED_STATUSES}
    assert kinds["reason"].keys() == leases.UNLOCK.keys()
    assert kinds["unlock"].keys() == set(leases.UNLOCK.values())
    assert kinds["notice"].keys() == _notices_told()


KIND_AT = {"tell_role": 2, "tell_account": 1, "_tell": 3}  # Which argument is the kind.


def _notices_told() -> set[str]:
    """The kinds of notices that anybody in backend/services sends."""
    found = set(urging.NOTICES.values())
    for path in (ROOT / "backend" / "services").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call):
                at = KIND_AT.get(getattr(call.func, "attr", getattr(call.func, "id", "")))
                if at is not None and isinstance(call.args[at], ast.Constant):
                    found.add(call.args[at].value)
    return found


def test_scripts_say_what_the_page_has_and_nothing_else() -> None:
    pages = (ROOT / "mobile_api" / "templates").rglob("words.html")
    texts = "".join(page.read_text(encoding="utf-8") for page in pages)
    known = set(re.findall(r'data-word="([\w.]+)"', texts))
    said: set[str] = set()
    for path in (ROOT / "mobile_api" / "static").glob("*.js"):
        text = path.read_text(encoding="utf-8")
        for arguments in re.findall(r"\b(?:word|tell|tellError|pause|end|NoFix)\(([^()]*)", text):
            said |= set(re.findall(r'"([\w.]+)"', arguments))
        said |= set(re.findall(r'\b\d: "(\w+)"', text))  # The words for a browser's error codes.
    assert {"open", "denied", "none_near", "try_again", "unsupported"} <= said
    assert said - known == set()
