"""Traditional Chinese, derived from the simplified catalogue and the words of our data.

    python -m tests.traditional

By OpenCC, in the words of Hong Kong. Kept in the repository, so that what runs does without it;
`tests/house/test_languages.py` fails as long as the two differ, `python -m tests.papers` mends it.
"""

from babel.messages import Catalog
from opencc import OpenCC

from mobile_api import translations

_converted = OpenCC("s2hk").convert


def derived() -> dict[str, str]:
    """Sentence, or simplified word of our data -> traditional Chinese."""
    written = translations.read("zh_Hans")
    sentences = {str(one.id): _converted(str(one.string)) for one in written if one.id}
    return sentences | {word: _converted(word) for word in translations.data_words()}


def renew() -> None:
    """Write and compile it."""
    made: Catalog = translations.empty(translations.DERIVED)
    for sentence, text in sorted(derived().items()):
        made.add(sentence, text)
    translations.save(translations.DERIVED, made)


if __name__ == "__main__":
    renew()
