"""Charts as SVG, drawn on the server: no script, readable in print, and told in words as well.

Two kinds are enough for a board: bars beside names, and pairs of columns along the days. Every
chart says what it shows in its title and its numbers in its description; a table stands beside.
"""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

WIDTH = 360
"""As wide as a phone: there a letter is as large as it says, elsewhere larger."""
ROW, BAR = 26, 14
NAME_W, VALUE_W = 130, 44
MOST_BARS = 12
CHART_H, AXIS_H = 130, 22
MOST_WIDTH = 10.0


class Bar(NamedTuple):
    """A name, how long its bar is (0 to 1), and what stands behind it."""

    name: str
    share: float
    text: str


def bars(title: str, rows: Sequence[Bar]) -> Markup:
    """Bars one below the other, the value in figures at each end."""
    shown = rows[:MOST_BARS]
    height = ROW * len(shown) + 6
    room = WIDTH - NAME_W - VALUE_W
    parts = []
    for place, row in enumerate(shown):
        top = place * ROW + 6
        width = max(1.0, min(1.0, row.share) * room)
        parts.append(
            Markup(
                '<text x="{x}" y="{y}" text-anchor="end">{name}</text>'
                '<rect class="bar" x="{left}" y="{top}" width="{width:.1f}" height="{bar}" rx="2"/>'
                '<text x="{end:.1f}" y="{y}">{text}</text>'
            ).format(
                x=NAME_W - 8,
                y=top + BAR - 4,
                name=_short(row.name),
                left=NAME_W,
                top=top,
                width=width,
                bar=BAR,
                end=NAME_W + width + 6,
                text=row.text,
            )
        )
    told = "; ".join(f"{row.name}: {row.text}" for row in shown)
    return _drawing(title, told, height, Markup("").join(parts))


class Pair(NamedTuple):
    """Two counts of one day or month."""

    name: str
    first: int
    second: int


def pairs(title: str, names: tuple[str, str], columns: Sequence[Pair]) -> Markup:
    """Two columns a day: the first full, the second hatched, so that no colour is needed."""
    most = max((max(one.first, one.second) for one in columns), default=0) or 1
    slot = (WIDTH - 34) / max(1, len(columns))
    each = max(1.0, min(18.0, slot * 0.4))
    parts = [_scale(most)]
    every = max(1, round(len(columns) / 5))
    for place, one in enumerate(columns):
        left = 32 + place * slot + (slot - 2 * each) / 2
        for count, kind, x in ((one.first, "bar", left), (one.second, "bar hatched", left + each)):
            tall = count / most * CHART_H
            if count:
                parts.append(
                    Markup(
                        '<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" '
                        'height="{h:.1f}"/>'
                    ).format(kind=kind, x=x, y=14 + CHART_H - tall, w=each - 0.5, h=tall)
                )
        if place % every == 0:
            parts.append(
                Markup('<text x="{x:.1f}" y="{y}" text-anchor="middle">{name}</text>').format(
                    x=left + each, y=14 + CHART_H + 15, name=one.name
                )
            )
    parts.append(_legend(names))
    told = f"{names[0]}: {sum(one.first for one in columns)}; " + (
        f"{names[1]}: {sum(one.second for one in columns)}"
    )
    return _drawing(title, told, 14 + CHART_H + AXIS_H + 28, Markup("").join(parts))


def _scale(most: int) -> Markup:
    bottom = 14 + CHART_H
    return Markup(
        '<line x1="30" y1="{bottom}" x2="{w}" y2="{bottom}"/><line x1="30" y1="14" x2="{w}" '
        'y2="14"/><text x="27" y="18" text-anchor="end">{most}</text>'
        '<text x="27" y="{bottom}" text-anchor="end">0</text>'
    ).format(bottom=bottom, w=WIDTH, most=most)


def _legend(names: tuple[str, str]) -> Markup:
    top = 14 + CHART_H + AXIS_H + 4
    return Markup(
        '<rect class="bar" x="32" y="{top}" width="12" height="12"/><text x="50" y="{y}">{a}</text>'
        '<rect class="bar hatched" x="180" y="{top}" width="12" height="12"/>'
        '<text x="198" y="{y}">{b}</text>'
    ).format(top=top, y=top + 10, a=names[0], b=names[1])


def _short(name: str) -> str:
    """As much of a name as has room; a Chinese letter takes that of two others."""
    room = MOST_WIDTH
    for place, letter in enumerate(name):
        room -= 0.55 if letter.isascii() else 1
        if room < 0:
            return f"{name[: place - 1]}…"
    return name


HATCH = Markup(
    '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect class="ground" width="5" height="5"/>'
    '<line class="stroke" x1="0" y1="0" x2="0" y2="5"/></pattern></defs>'
)


def _drawing(title: str, told: str, height: int, inside: Markup) -> Markup:
    """The picture: an image to whoever cannot see it, with a title and what it says."""
    return Markup(
        '<svg class="chart" viewBox="0 0 {w} {h}" role="img" aria-label="{label}">'
        "<title>{title}</title><desc>{told}</desc>{hatch}{inside}</svg>"
    ).format(
        w=WIDTH,
        h=height,
        label=f"{title}. {told}",
        title=title,
        told=escape(told),
        hatch=HATCH if "hatched" in inside else "",
        inside=inside,
    )
