"""`python -m mobile_api.translations`: bring the catalogues up to date with the code.

New sentences come in empty, to be translated by a person; those that nobody says any more go.
Run it again after translating: it compiles. Exit code 1 while something is untranslated.
`python -m tests.papers` then derives the traditional Chinese.
"""

import sys

from babel.messages import Catalog

from mobile_api import translations, words


def main() -> int:
    """Update and compile every catalogue that people write; say what is missing."""
    missing = 0
    for language in words.LANGUAGES:
        if language in ("en", translations.DERIVED):  # The sentences in the code are English.
            continue
        catalog = _updated(language)
        translations.save(language, catalog)
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
    made = translations.empty(language)
    for message in translations.gathered():
        if message.id:
            before = known.get(message.id)
            made.add(message.id, before.string if before else "")
    return made


if __name__ == "__main__":
    sys.exit(main())
