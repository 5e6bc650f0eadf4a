"""Code <-> link: what the symbol says to a camera, and the code found again in what it saw.

The symbol holds `https://{host}/{CODE}`. Scheme and host are written in lower case, because some
phone cameras do not open `HTTPS://`; the code is upper case, because that makes the symbol small.
The same tag may carry GS1's form, `https://{host}/8004/{GIAI}`.

A printed host is for ever. Changing it, or the scheme, makes every tag on every wall a dead link.
"""

import re
from collections.abc import Collection
from urllib.parse import unquote, urlsplit

from qr import codes

GIAI = "8004"  # GS1's "global individual asset identifier": at most 30 characters, ours 16 to 24.
LONGEST_LINK = 2048
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*(?::\d{{1,5}})?")
_COMPANY = re.compile(r"\d{4,12}")


class BadHost(ValueError):
    """This cannot be the host of a link; the sentence says what to write instead."""


class NotOurLink(ValueError):
    """The text is a link, but not to a tag."""


class ForeignHost(NotOurLink):
    """A link to somebody else's server, perhaps a sticker over our tag. `host` is theirs."""

    def __init__(self, host: str) -> None:
        super().__init__(f"This code leads to {host or 'no host'}, which is not ours.")
        self.host = host


def host_name(text: str) -> str:
    """The host as it goes into a link: lower case, `name` or `name:port`; raises BadHost."""
    host = text.strip().lower().removesuffix(":443").removesuffix(".")
    if "/" in host:
        raise BadHost(f"Write the bare host, such as q.example.cn, not {text!r}.")
    if not host.isascii():
        raise BadHost(f"A link needs the host in Latin letters, {_latin(host)}, not {text!r}.")
    if not _HOST.fullmatch(host) or len(host) > 253:
        raise BadHost(f"{text!r} is not a host name such as q.example.cn.")
    return host


def _latin(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return "its xn-- form"


def prefix(host: str, company: str | None = None) -> str:
    """Everything before the code. `company` is a GS1 company prefix of 4 to 12 digits."""
    start = f"https://{host_name(host)}/"
    if company is None:
        return start
    if not _COMPANY.fullmatch(company):
        raise ValueError(f"A GS1 company prefix is 4 to 12 digits, not {company!r}.")
    return f"{start}{GIAI}/{company}"


def url(code: str, host: str, company: str | None = None) -> str:
    """The link in the symbol: `https://q.example.cn/7K3M9QX2DHV5`."""
    return prefix(host, company) + code


def is_reserved(segment: str) -> bool:
    """One-letter first segments (`/w/...`) belong to the pages; no code can ever be one."""
    return len(segment) == 1


def code_in(text: str, hosts: Collection[str] = (), company: str | None = None) -> str:
    """The code in whatever was scanned or typed: a code, our link, our GS1 link.

    Upper or lower case, dashes, a slash at the end, a query and WeChat's habit of encoding the
    whole link make no difference. With `hosts`, a link to any other host raises ForeignHost; with
    `company`, so does a GS1 link of another company (as NotOurLink).
    Raises what `codes.spell` raises. The key is not asked: see `codes.read`.
    """
    text = text.strip()
    if len(text) > LONGEST_LINK:
        raise NotOurLink("This text is too long to be a link of ours.")
    if re.match(r"https?%3a", text, re.IGNORECASE):
        text = unquote(text)
    if not re.match(r"https?:", text, re.IGNORECASE):
        return codes.spell(text)
    host, path = _host_and_path(text)
    if hosts and host not in {host_name(ours) for ours in hosts}:
        raise ForeignHost(host)
    match [segment for segment in path.split("/") if segment]:
        case [segment] if not is_reserved(segment):
            return codes.spell(unquote(segment))
        case [identifier, giai] if identifier == GIAI:
            return codes.spell(_reference(unquote(giai), company))
    raise NotOurLink("This link leads to no tag.")


def _host_and_path(text: str) -> tuple[str, str]:
    # A browser takes a backslash for a slash: `https://theirs\@ours/` is ours here, theirs there.
    if "\\" in text:
        raise NotOurLink("This link is broken.")
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").removesuffix(".")
        if parts.port not in (None, 443, 80):
            host = f"{host}:{parts.port}"
    except ValueError as broken:
        raise NotOurLink("This link is broken.") from broken
    return host, parts.path


def _reference(giai: str, company: str | None) -> str:
    """Our code inside a GIAI: what follows the company prefix, always the last 12 characters."""
    giai = giai.replace("-", "")
    head, reference = giai[: -codes.LENGTH], giai[-codes.LENGTH :]
    if not _COMPANY.fullmatch(head):
        raise NotOurLink("This is not a GS1 asset number of ours.")
    if company is not None and head != company:
        raise NotOurLink("This GS1 asset number belongs to another company.")
    return reference
