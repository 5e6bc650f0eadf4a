"""The standard that ships: 519 conditions of a real city, and every problem filed under one."""

from collections import Counter

import pytest

from backend.rules.deadlines import Limit
from backend.services import problems, standards
from backend.services.standards import BadStandard, read_standard


def test_every_row_of_the_standard_is_there():
    kinds = Counter(code.split("-")[0] for code in standards.standard().conditions)
    assert kinds == {"component": 375, "event": 144}


def test_every_problem_is_filed_under_something_and_nothing_else_is():
    told = {(one.code, word.code) for one in problems.subjects().values() for word in one.problems}
    assert standards.standard().problems.keys() == told


def test_what_the_standard_says_of_a_dark_lamp():
    dark = standards.condition_of("streetlight", "dark")
    assert (dark.filing, dark.closing, dark.limit) == ("单盏不亮", "更换或修复", Limit(2, "day"))
    assert dark.class_code == "0137"


def test_a_missing_cover_is_put_right_by_night_too():
    assert standards.condition_of("manhole_cover", "missing").limit.clock == "urgent"


@pytest.mark.parametrize(
    ("table", "mapping", "said"),
    [
        ("A,,,,,1,week", "", "row 2: 1 week is no limit"),
        ("A,,,,,x,day", "", "row 2"),
        ("A,,,,,1,day\nA,,,,,1,day", "", "row 3: A stands twice"),
        ("A,,,,,1,day", "[bin]\nfull = 'B'", "bin.full: 'B' is no condition and no limit"),
    ],
)
def test_a_mistake_in_the_files_is_named(tmp_path, table, mapping, said):
    head = "code,class_code,class_name,filing,closing,limit_value,limit_unit"
    (tmp_path / "x.csv").write_text(f"{head}\n{table}\n", encoding="utf-8")
    said_of_it = f"file = 'x.csv'\nscheme = 'x'\n{mapping}\n"
    (tmp_path / "problems.toml").write_text(said_of_it, encoding="utf-8")
    with pytest.raises(BadStandard, match=said):
        read_standard(tmp_path)
