"""Fetches one pinned pip wheel from the configured index, for Pythons that come without any.

Debian's python3 leaves ensurepip out. A wheel of pip can install itself, so this needs only the
standard library. It asks the indexes pip would ask (environment and pip's own configuration
files) and trusts none of them: the wheel must have the sum written below.

    python3 .ci/get_pip.py PYTHON      the environment whose python this is gets pip
"""

import base64
import configparser
import hashlib
import os
import ssl
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.error import URLError
from urllib.parse import unquote, urldefrag, urljoin, urlsplit, urlunsplit
from urllib.request import Request, urlopen

WHEEL = "pip-26.3-py3-none-any.whl"
SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
DEFAULT_INDEX = "https://pypi.org/simple"
TIMEOUT_S = 60


def get_pip(python: Path) -> None:
    """Put pip into the environment of `python`. Exits with the one line that mends it."""
    with tempfile.TemporaryDirectory() as folder:
        wheel = Path(folder) / WHEEL
        wheel.write_bytes(fetch_wheel())
        # Python runs a zip file as it runs a folder, so the wheel is its own installer.
        command = [python, wheel / "pip", "install", "-qq", "--no-index", "--no-input", wheel]
        installed = subprocess.run(command, env={**os.environ, "PIP_USER": "0"})
    if installed.returncode:
        raise SystemExit(f"pip could not install itself from {WHEEL}; its words are above.")


def fetch_wheel() -> bytes:
    """The pinned wheel from the first index that has it. Exits when none does."""
    met = []
    for index in indexes():
        try:
            data = fetch(find_wheel(index))
        except (OSError, LookupError) as error:
            met.append(f"  {without_password(index)}: {error}")
            continue
        if hashlib.sha256(data).hexdigest() == SHA256:
            return data
        met.append(f"  {without_password(index)}: {WHEEL} is not the file we know; not used.")
    raise SystemExit(
        "This Python comes without pip, and pip could not be fetched:\n"
        + "\n".join(met)
        + "\nMend it with:  sudo apt-get install -y python3-venv ca-certificates"
    )


def find_wheel(index: str) -> str:
    """The wheel's address on an index page (PEP 503). Raises LookupError when it is not listed."""
    page = f"{index.rstrip('/')}/pip/"
    if urlsplit(page).scheme == "file":
        page += "index.html"
    links = Links()
    links.feed(fetch(page).decode())
    for link in links.found:
        address = urldefrag(urljoin(page, link)).url
        if unquote(urlsplit(address).path).endswith(f"/{WHEEL}"):
            return with_password_of(index, address)
    raise LookupError(f"{WHEEL} is not listed")


class Links(HTMLParser):
    """Collects every href of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


# ---------------------------------------------------------------------- what pip would ask


def indexes() -> list[str]:
    """Addresses of the simple indexes in pip's order of asking."""
    return [setting("index-url") or DEFAULT_INDEX, *setting("extra-index-url").split()]


def setting(name: str) -> str:
    """One of pip's settings: from PIP_NAME, else its configuration files, else empty."""
    given = os.environ.get("PIP_" + name.upper().replace("-", "_"))
    if given is not None:
        return given
    config = configparser.RawConfigParser()
    config.read(config_files(), encoding="utf-8")
    for section in ("install", "global"):
        if config.has_option(section, name):
            return config.get(section, name)
    return ""


def config_files() -> list[Path]:
    """Least important first: configparser lets later files win."""
    home = Path.home()
    own = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip" / "pip.conf"
    files = [Path("/etc/xdg/pip/pip.conf"), Path("/etc/pip.conf"), home / ".pip" / "pip.conf", own]
    if named := os.environ.get("PIP_CONFIG_FILE"):
        files = [] if named == os.devnull else [*files, Path(named)]
    return files


# ------------------------------------------------------------------------------- the wire


def fetch(address: str) -> bytes:
    """The bytes at an address. Raises OSError with the reason in words."""
    plain, password = split_password(address)
    request = Request(plain, headers={"Accept": "text/html, */*;q=0.1", "User-Agent": "gridtag"})
    if password:
        request.add_header("Authorization", "Basic " + base64.b64encode(password).decode())
    try:
        return get(request, trust())
    except URLError as error:
        # A Debian without ca-certificates knows nobody. The sum above vouches for the wheel
        # whoever sends it; only a password must not be told to a stranger.
        if isinstance(error.reason, ssl.SSLCertVerificationError) and not password:
            return get(request, trust_anybody())
        raise


def get(request: Request, context: ssl.SSLContext) -> bytes:
    with urlopen(request, timeout=TIMEOUT_S, context=context) as answer:
        return answer.read()


def trust() -> ssl.SSLContext:
    """Whose certificates count: pip's `cert`, else SSL_CERT_FILE or the system's."""
    return ssl.create_default_context(cafile=setting("cert") or None)


def trust_anybody() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def split_password(address: str) -> tuple[str, bytes]:
    """("https://host/simple", b"user:password") of "https://user:password@host/simple"."""
    parts = urlsplit(address)
    password, _, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=host)), unquote(password).encode()


def with_password_of(index: str, address: str) -> str:
    """The address with the index's user and password, if it is on the same host."""
    ours, theirs = urlsplit(index), urlsplit(address)
    same = ours.netloc.rpartition("@")[2] == theirs.netloc
    return urlunsplit(theirs._replace(netloc=ours.netloc)) if same else address


def without_password(address: str) -> str:
    return split_password(address)[0]


if __name__ == "__main__":
    get_pip(Path(sys.argv[1]))
