"""The plan: what a host costs, told before anything is printed."""

import pytest

from qr import links, plan, sheets, symbols
from qr.links import BadHost
from qr.symbols import Fit

# The ordinary day


def test_a_short_host_needs_no_warning_and_no_advice():
    made = plan.plan("q7.cn")
    assert (made.modules, made.level, made.characters) == (29, "H", 26)
    assert made.warnings == made.advice == ()


def test_a_usual_host_is_told_what_a_shorter_one_would_gain():
    made = plan.plan("Q.Example.CN")
    assert (made.host, made.version, made.modules, made.level) == ("q.example.cn", 3, 29, "Q")
    assert made.warnings == ()
    assert "at most 5 characters" in made.advice[0]


def test_a_long_host_is_warned_of_its_modules_and_of_every_label_that_suffers():
    made = plan.plan("tags.grid.longgang.example.cn")
    assert made.modules == 37
    assert "At most 13" in made.warnings[0] or "at most 13" in made.warnings[0]
    assert "22% farther" in made.warnings[0]
    assert any(warning.startswith("streetlight on A4") for warning in made.warnings)


@pytest.mark.parametrize("fit", [Fit(3, "H"), Fit(3, "Q"), Fit(4, "H"), Fit(4, "Q")])
@pytest.mark.parametrize("company", [None, "6901234"])
def test_the_longest_host_fits_and_one_more_letter_does_not(fit, company):
    longest = plan.longest_host(fit, company)
    if longest < 1:
        assert company
        return
    assert symbols.fit(links.prefix("a" * longest, company)) <= fit or longest > 0
    just, over = ("a" * length for length in (longest, longest + 1))
    assert len(links.prefix(just, company)) <= symbols.room(fit)
    assert len(links.prefix(over, company)) > symbols.room(fit)


def test_the_plan_is_what_will_be_printed():
    for label in plan.plan("q.example.cn").labels:
        layout = sheets.order(
            label.kind, "q.example.cn", copies=label.copies, module=label.wished
        ).layout
        assert label.module == pytest.approx(layout.module, abs=0.001)
        assert label.reach == pytest.approx(600 * layout.module / 1000, abs=0.01)
        assert label.with_quiet == pytest.approx(layout.panels[0].width, abs=0.1)
        assert label.per_page == layout.grid.per_page


def test_a_form_too_small_is_told():
    made = plan.plan("q.example.cn", "L7651")
    assert any("manhole_cover on L7651: 2 symbol(s)" in warning for warning in made.warnings)
    assert [label.kind for label in made.labels if label.module is None] == ["manhole_cover"]


def test_no_host_is_advised_that_cannot_be():
    made = plan.plan("q7.cn", company="690123456789")
    assert (made.modules, made.level) == (33, "Q")
    assert made.advice == ()


# What is broken


def test_a_bad_host_is_refused():
    with pytest.raises(BadHost):
        plan.plan("https://q.example.cn/")
