"""What is written down about the code is what the code does."""

import pytest

from backend.errors import Refused, all_codes
from tests import papers


@pytest.mark.parametrize("name", papers.PAPERS)
def test_the_paper_says_what_the_code_does(name: str) -> None:
    """Look at the difference; if it is meant, `python -m tests.papers` and commit it."""
    kept = (papers.DOCS / name).read_text(encoding="utf-8").splitlines()
    made = papers.PAPERS[name]().splitlines()
    assert made == kept, "if this change is meant: python -m tests.papers"


def test_every_refusal_has_a_code_of_its_own() -> None:
    kinds, waiting = set(), [Refused]
    while waiting:
        kind = waiting.pop()
        kinds.add(kind)
        waiting += kind.__subclasses__()
    assert len(all_codes()) == len(kinds)
