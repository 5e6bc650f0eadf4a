"""`python -m mobile_api.translations`: bring the catalogues up to date with the code.

New sentences come in empty, to be translated by a person; those that nobody says any more go.
Run it again after translating: it compiles. Exit code 1 while something is untranslated.
"""

import sys
from datetime import UTC, datetime

from babel.messages import Catalog
from babel.messages.pofile import write_po

from mobile_api import translations, words

ONCE = datetime(2026, 11, 21, tzinfo=UTC)  # A date of today would change files that say the same.


def main() -> int:
    """Update and compile every catalogue; say what is missing."""
    missing = 0
    for language in words.LANGUAGES:
        if language == "en":  # The sentences in the code are English.
            continue
        catalog = _updated(language)
        path = translations.catalogue(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalog, width=100, sort_output=True)
        path.with_suffix(".mo").write_bytes(translations.compiled(catalog))
        empty = [message.id for message in catalog if message.id and not message.string]
        missing += len(empty)
        print(f"{language}: {len(catalog)} sentences, {len(empty)} to translate")
        for sentence in empty:
            print(f"  {sentence}")
    return 1 if missing else 0


def _updated(language: str) -> Catalog:
    """The gathered sentences with the translations that exist; no dates, so that a run that
    changes nothing changes no file."""
    known = translations.read(language) if translations.catalogue(language).exists() else Catalog()
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
    for message in translations.gathered():
        if message.id:
            before = known.get(message.id)
            made.add(message.id, before.string if before else "")
    return made


if __name__ == "__main__":
    sys.exit(main())
