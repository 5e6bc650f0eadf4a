"""The catalogues: every sentence of the house in every language of `words.LANGUAGES`.

Sentences are English in the code. `python -m mobile_api.translations` gathers them by
`mobile_api/babel.cfg` into `<language>/LC_MESSAGES/messages.po`, where a person writes the
translation, and compiles that to the `.mo` beside it. Both are kept in the repository: whoever
sets the house up needs no build step, and a house test holds one against the other.

Traditional Chinese is not written but derived from the simplified (`python -m tests.traditional`);
the Chinese words of our data stand in its catalogue as well, each found by its simplified form.
"""

import ast
import io
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from backend.rules.figures import table as figures

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
DERIVED = "zh_Hant"
ONCE = datetime(2026, 11, 21, tzinfo=UTC)
MARKS = frozenset({"_", "N_", "gettext"})

DATA = (
    "channels.toml", "kinds/*.toml", "labels/*.toml", "phrases.toml", "policy/roles.toml",
    "problems/*.toml",
)  # fmt: skip
"""Where words of our data stand, in fixtures."""

Found = tuple[int, str | None, str, list[str]]


def gathered() -> Catalog:
    """Every sentence that stands in the code and the templates."""
    with (ROOT / "mobile_api" / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    catalog = Catalog(charset="utf-8")
    for pattern, method in methods:
        for path in sorted(ROOT.glob(pattern)):
            with path.open("rb") as source:
                for _line, message, *_ in extract(method, source, options=options[pattern]):
                    catalog.add(message)
    return catalog


def data_words() -> set[str]:
    """Every Chinese word of our data."""
    files = (file for pattern in DATA for file in (ROOT / "fixtures").glob(pattern))
    words = {word for file in files for word in _zh(tomllib.loads(file.read_text("utf-8")))}
    tables: tuple[Mapping[str, Any], ...] = (figures.MEASURES, figures.FIGURES, figures.STAGES)
    return words | {one.zh for table in tables for one in table.values()}


def _zh(data: Any) -> Iterator[str]:
    """What a file calls `zh`, or a label design its `name`; a bare LED or PVC needs none."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key in ("zh", "name") and isinstance(value, str) and not value.isascii():
                yield value
            else:
                yield from _zh(value)
    elif isinstance(data, list):
        for one in data:
            yield from _zh(one)


def catalogue(language: str) -> Path:
    """Where a language's sentences are written down."""
    return HERE / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """The catalogue of a language, as it stands in the repository."""
    with catalogue(language).open("rb") as file:
        return read_po(file, locale=language)


def empty(language: str) -> Catalog:
    """A catalogue without sentences; a date of today would change files that say the same."""
    made = Catalog(
        locale=language,
        project="Gridtag",
        msgid_bugs_address="",
        version="1",
        creation_date=ONCE,
        revision_date=ONCE,
        last_translator="Gridtag",
        language_team="Gridtag",
        charset="utf-8",
        fuzzy=False,
    )
    made.header_comment = "# The house's sentences; see mobile_api/translations/__init__.py."
    return made


def save(language: str, catalog: Catalog) -> None:
    """Write the catalogue and what is compiled from it."""
    path = catalogue(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=100, sort_output=True)
    path.with_suffix(".mo").write_bytes(compiled(catalog))


def compiled(catalog: Catalog) -> bytes:
    """The .mo of a catalogue."""
    made = io.BytesIO()
    write_mo(made, catalog)
    return made.getvalue()


def sentences(
    fileobj: IO[bytes], keywords: object, comment_tags: object, options: object
) -> Iterator[Found]:
    """Babel's extractor for our Python: what is said to people, wherever it is written.

    Marked calls (`_`, `N_`, `gettext`), the `sentence` of a refusal, the values of SENTENCES, the
    texts in `errors=` and `messages=`, a `ValidationError`, the `noun` that is not found.
    """
    for node in ast.walk(ast.parse(fileobj.read())):
        for text in _said(node):
            if isinstance(text, ast.Constant) and isinstance(text.value, str) and text.value:
                yield text.lineno, None, text.value, []


def _said(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Assign | ast.AnnAssign):
        names = node.targets if isinstance(node, ast.Assign) else [node.target]
        for name in names:
            if isinstance(name, ast.Name) and name.id == "sentence" and node.value:
                yield node.value
            if isinstance(name, ast.Name) and name.id == "SENTENCES":
                yield from getattr(node.value, "values", [])
    elif isinstance(node, ast.Call):
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if called in MARKS or called == "ValidationError":
            yield from node.args[:1]
        for keyword in node.keywords:
            if keyword.arg in ("errors", "messages"):
                yield from _listed(keyword.value)
            elif keyword.arg == "noun":
                yield keyword.value


def _listed(value: ast.expr) -> Iterator[ast.AST]:
    """The texts in the lists of a (nested) dict of errors; its keys are names."""
    if isinstance(value, ast.Dict):
        for inner in value.values:
            yield from _listed(inner)
    elif isinstance(value, ast.List):
        yield from value.elts
