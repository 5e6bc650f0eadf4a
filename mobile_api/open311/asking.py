"""Reading what a client asks: parameters of the query and of a form, strictly but kindly.

An empty parameter is an absent one; text is UTF-8 or refused; a date says its zone.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from flask import g, request

from backend.errors import Invalid, NotFound
from backend.house import house
from backend.rules import questions
from backend.services import cases
from mobile_api import uploads, words
from mobile_api.strict import is_clean

PREFIX = "/open311"
PRODUCTION, TEST = f"{PREFIX}/v2", f"{PREFIX}/test/v2"
FORMATS = "any(xml, json)"
URLENCODED = "application/x-www-form-urlencoded"
MOST_FIELDS = 200
SPAN = timedelta(days=90)
MOST = cases.MOST
# An instant with `+08:00` whose plus was sent bare: in a query that is a blank.
BARE_PLUS = re.compile("(T[0-9:.]+) ([0-9]{2}:[0-9]{2})")


class Asked:
    """The parameters of a request, those that are not empty."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.values: dict[str, list[str]] = {}
        for name, value in pairs:
            if value.strip():
                self.values.setdefault(name, []).append(value.strip())

    def one(self, name: str, most: int = 200) -> str | None:
        """The value of a parameter that may be given once."""
        found = list(dict.fromkeys(self.values.get(name, ())))
        if len(found) > 1:
            raise Invalid(errors={name: ["Given more than once."]})
        if found and len(found[0]) > most:
            raise Invalid(errors={name: ["This is too long."]})
        return found[0] if found else None

    def listed(self, name: str) -> list[str]:
        """The values of one that may be a comma list, or given several times."""
        given = ",".join(self.values.get(name, ()))
        return list(dict.fromkeys(part.strip() for part in given.split(",") if part.strip()))

    def number(self, name: str, least: int, most: int, otherwise: int) -> int:
        """A whole number within bounds."""
        text = self.one(name)
        if text is None:
            return otherwise
        if not re.fullmatch("[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise Invalid(errors={name: ["This number is out of range."]})
        return int(text)

    def instant(self, name: str) -> datetime | None:
        text = self.one(name)
        if text is None:
            return None
        try:
            return questions.instant(BARE_PLUS.sub(r"\1+\2", text))
        except ValueError:
            raise Invalid(
                errors={name: ["Send an instant with its zone, like 2026-11-21T08:00:00Z."]}
            ) from None

    def span(self, first: str, last: str) -> tuple[datetime, datetime] | None:
        """Two dates, the one that was not sent 90 days from the other; none if neither was."""
        since, until = self.instant(first), self.instant(last)
        if since is None and until is None:
            return None
        if until is None:
            assert since is not None
            return since, since + SPAN
        if since is None:
            return until - SPAN, until
        if until < since:
            raise Invalid(errors={last: ["This is before the other date."]})
        if until - since > SPAN:
            raise Invalid(errors={last: ["Not more than 90 days apart."]})
        return since, until

    def page(self) -> int:
        return self.number("page", 1, 1_000_000, 1)

    def page_size(self) -> int:
        return self.number("page_size", 1, MOST, MOST)

    def degrees(self, name: str, most: int) -> float | None:
        text = self.one(name)
        if text is None:
            return None
        if not re.fullmatch("[+-]?[0-9]{1,3}([.][0-9]{1,20})?", text) or abs(float(text)) > most:
            raise Invalid(errors={name: ["Send WGS-84 degrees, like 22.5245."]})
        return float(text)

    def flag(self, name: str) -> bool:
        return (self.one(name) or "").lower() in ("true", "1", "yes")

    def named(self, names: Mapping[str, int]) -> dict[str, str | None]:
        """These parameters, each of at most so many characters."""
        return {name: self.one(name, most) for name, most in names.items()}

    def attributes(self) -> Iterator[tuple[str, list[str]]]:
        """Code and values of every `attribute[CODE]`, be it one or a list."""
        found: dict[str, list[str]] = {}
        for name, values in self.values.items():
            said = ATTRIBUTE.fullmatch(name)
            if said:
                found.setdefault(said[1], []).extend(values)
        yield from found.items()


ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,40})\](?:\[[0-9]{0,3}\])?")


def query() -> Asked:
    """What the address asks, of a jurisdiction that is ours."""
    return _ours(Asked(_pairs(request.query_string)))


def form() -> Asked:
    """What a POST says in its body and its address; the body counts where both speak."""
    asked = Asked(_joined(_pairs(request.query_string), _body()))
    g.open311_locale = asked.one("locale")
    return _ours(asked)


def is_test() -> bool:
    return request.path.startswith(f"{TEST}/")


def language() -> str:
    """A key of LANGUAGES: the `locale` asked for, else what the client's headers say."""
    wanted = g.get("open311_locale") or request.args.get("locale", "")
    return words.known(wanted.replace("_", "-")) or words.language()


def tongue() -> str:
    """Which of the two names of a thing the reader reads: zh or en."""
    return "en" if language() == "en" else "zh"


def jurisdiction() -> str:
    """Whose requests these are: the setting's, else the host we are called by."""
    settings = house().settings
    host = urlsplit(settings.public_url).hostname or ""
    return settings.OPEN311_JURISDICTION or host.removeprefix("www.")


def _ours(asked: Asked) -> Asked:
    wanted = asked.one("jurisdiction_id")
    if wanted is not None and wanted != jurisdiction():
        raise NotFound(noun="jurisdiction_id")
    return asked


def _joined(query: list[tuple[str, str]], body: list[tuple[str, str]]) -> list[tuple[str, str]]:
    said = {name for name, value in body if value.strip()}
    return [(name, value) for name, value in query if name not in said] + body


def _body() -> list[tuple[str, str]]:
    if request.mimetype == uploads.FORM:
        request.max_content_length = uploads.MOST
        pairs = list(request.form.items(multi=True))
        if any("\ufffd" in text for pair in pairs for text in pair):
            raise _unreadable()
        return _clean(pairs)
    if request.mimetype == URLENCODED:
        return _pairs(request.get_data(cache=True))
    if request.content_length:
        raise Invalid(
            errors={
                "Content-Type": [
                    "Send application/x-www-form-urlencoded, or multipart/form-data with photos."
                ]
            }
        )
    return []


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset.lower().replace("-", "") != "utf8":
        raise _unreadable()
    try:
        pairs = parse_qsl(
            raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise _unreadable() from None
    return _clean(pairs)


def _clean(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    if not all(is_clean(text) for pair in pairs for text in pair):
        raise Invalid(errors={"": ["Control characters are not accepted."]})
    return pairs


def _unreadable() -> Invalid:
    return Invalid(errors={"": ["This is not a form in UTF-8, or has too many fields."]})
