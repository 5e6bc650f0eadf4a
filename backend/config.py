"""Every setting of the house: name, default, meaning. All come from the environment."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from qr import codes, links

DEMO_TAG_KEYS = "1:" + "6772696474616720" * 4
"""The demo town's tags are made with this. Whoever reads it can make more: no city may use it."""


COURIERS = ("file", "log")
UNIT_LANGUAGES = ("zh_Hans", "en")
BASE_MAP_DATUMS = ("wgs84", "cgcs2000", "gcj02")
TILE_HOST = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")


class SettingError(Exception):
    """A setting is missing or unusable; the text says which one and what to do."""


def setting(default: object, meaning: str) -> Any:
    """A dataclass field that carries its meaning for docs/SETTINGS.md."""
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True)
class Settings:
    """The 12-factor settings, read once at start. See docs/SETTINGS.md."""

    DEMO: bool = setting(False, "Demo town, demo cast, generated secrets. Never on a public host.")
    HOST: str = setting("127.0.0.1", "Address to listen on.")
    PORT: int = setting(8000, "Port to listen on.")
    PUBLIC_URL: str = setting(
        "", "What phones call us, e.g. https://q.example.gov.cn. Empty: http://HOST:PORT."
    )
    DATABASE_URL: str = setting(
        "sqlite:///var/gridtag.db", "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."
    )
    SECRET_KEY: str = setting(
        "", "At least 32 bytes; signs tokens, trail lines and checkpoints. Required unless DEMO."
    )
    SECRET_KEYS_BEFORE: str = setting(
        "", "Former SECRET_KEYs, comma-separated: still read, never used to sign."
    )
    DATA_KEYS: str = setting(
        "",
        "ID:HEX pairs, comma-separated, newest first; HEX is 64 digits. "
        "Encrypts personal data. Required unless DEMO.",
    )
    INDEX_KEYS: str = setting(
        "", "ID:HEX pairs like DATA_KEYS; makes the blind index for look-up. Required unless DEMO."
    )
    TAG_KEYS: str = setting(
        "",
        "ID:HEX pairs like DATA_KEYS, at most two: the new key and the one that tags still hang "
        "with. Makes codes that nobody can invent. Required unless DEMO.",
    )
    TAG_HOSTS: str = setting(
        "",
        "Host names printed on tags, comma-separated, new tags say the first: links to others are "
        "refused as not ours. Empty: a link to any host is read, and PUBLIC_URL's is printed.",
    )
    PROCESSES: int = setting(2, "Server processes; one a core.")
    THREADS: int = setting(8, "Threads in each server process: so many share one commit.")
    TRUSTED_PROXIES: int = setting(
        0, "How many proxies in front add X-Forwarded-For. 0: the header is ignored."
    )
    CHECKPOINTS: str = setting(
        "var/checkpoints.jsonl",
        "File outside the database that keeps the signed checkpoints of the trail.",
    )
    PHOTOS: str = setting(
        "var/photos",
        "Folder that keeps the photos, sealed with DATA_KEYS; or a bucket, s3://BUCKET/PREFIX.",
    )
    PHOTOS_ENDPOINT: str = setting(
        "", "For s3://: where the bucket is, e.g. https://oss.example.cn."
    )
    PHOTOS_REGION: str = setting("us-east-1", "For s3://: the region that requests are signed for.")
    PHOTOS_ACCESS_KEY: str = setting("", "For s3://: the name of the key.")
    PHOTOS_SECRET_KEY: str = setting("", "For s3://: the key.")
    PHOTO_ORIGINALS_DAYS: int = setting(
        1_096, "Days for which a photo is kept as it was sent; its public copy stays."
    )
    COURIER: str = setting(
        "file", "Who carries messages to reporters: file (lines of MESSAGES) or log (nobody)."
    )
    MESSAGES: str = setting(
        "var/messages.jsonl",
        "File to which the courier `file` adds what reporters are to be told, a line each.",
    )
    UNIT_MESSAGES: str = setting(
        "var/unit-messages.jsonl",
        "File to which the courier `file` adds what units without mail or address are told.",
    )
    UNIT_LANGUAGE: str = setting("zh_Hans", "Language in which units are told: zh_Hans or en.")
    SMTP_URL: str = setting(
        "",
        "Mail server, smtps://USER:PASSWORD@HOST:465 or smtp://...:587 (then TLS is asked for, and "
        "with a password required). Empty: nobody gets mail.",
    )
    MAIL_FROM: str = setting("", "With SMTP_URL: the address that mail to units comes from.")
    HOOKS_INSIDE: bool = setting(
        False,
        "Let units' webhooks be at private addresses or plain http, inside a closed network.",
    )
    OUTBOX_DAYS: int = setting(
        3, "Days for which a message to a unit is tried; then the desk is told."
    )
    OPEN311_JURISDICTION: str = setting(
        "", "What Open311 clients call the city. Empty: the host of PUBLIC_URL without www."
    )
    OPEN311_CONTACT: str = setting(
        "",
        "Whom authors of Open311 clients ask for help and keys, told in discovery: an address or "
        "a few words. Empty: PUBLIC_URL.",
    )
    OPEN_DATA_LICENCE: str = setting(
        "",
        "Under which licence the city gives away its open data, in a few words or as a link; said "
        "beside the files. Empty: it says that none has been named.",
    )
    BASE_MAP_URL: str = setting(
        "",
        "Tiles beneath the workers' map, like https://tiles.example.cn/{z}/{x}/{y}.png; phones "
        "then ask that one host for pictures. Empty: none, the houses are the map.",
    )
    BASE_MAP_ATTRIBUTION: str = setting("", "With BASE_MAP_URL: whose the base map is, as it asks.")
    BASE_MAP_DATUM: str = setting(
        "wgs84", "With BASE_MAP_URL: what its tiles are drawn in: wgs84, cgcs2000 or gcj02."
    )
    SEAL_EVERY_S: float = setting(
        1.0, "Seconds between seals of the trail: the window in which a deleted line is not missed."
    )
    CHECKPOINT_EVERY_S: float = setting(60.0, "Seconds between signed checkpoints.")
    LOG_LEVEL: str = setting(
        "WARNING",
        "DEBUG, INFO (a line per request), WARNING or ERROR; JSON lines on standard error.",
    )

    @property
    def base_map_host(self) -> str:
        """Whom phones may ask for tiles, as a browser is told: https://HOST. "": nobody."""
        found = urlsplit(self.BASE_MAP_URL)
        return f"{found.scheme}://{found.netloc}" if self.BASE_MAP_URL else ""

    @property
    def map_datum(self) -> str:
        """What the workers' map is drawn in: its base map's, where there is one."""
        return self.BASE_MAP_DATUM if self.BASE_MAP_URL else "wgs84"

    @property
    def public_url(self) -> str:
        return (self.PUBLIC_URL or f"http://{self.HOST}:{self.PORT}").rstrip("/")

    @property
    def secret_keys(self) -> tuple[bytes, ...]:
        """The signing secret first, then those that may still be read."""
        before = [key for key in self.SECRET_KEYS_BEFORE.split(",") if key]
        return tuple(key.encode() for key in [self.SECRET_KEY, *before])

    @property
    def data_keys(self) -> tuple[tuple[int, bytes], ...]:
        return _keyring("DATA_KEYS", self.DATA_KEYS)

    @property
    def index_keys(self) -> tuple[tuple[int, bytes], ...]:
        return _keyring("INDEX_KEYS", self.INDEX_KEYS)

    @property
    def tag_keys(self) -> codes.Keys:
        """What codes are made with, and the key before it."""
        found = [key for _, key in _keyring("TAG_KEYS", self.TAG_KEYS)]
        if not 1 <= len(found) <= 2:
            raise SettingError("TAG_KEYS needs one key or two, the newest first.")
        try:
            return codes.Keys(*found)
        except ValueError as error:
            raise SettingError(f"TAG_KEYS: {error}") from None

    @property
    def tag_hosts(self) -> tuple[str, ...]:
        """The hosts of our links; none: any."""
        try:
            return tuple(links.host_name(host) for host in self.TAG_HOSTS.split(",") if host)
        except links.BadHost as error:
            raise SettingError(f"TAG_HOSTS: {error}") from None

    @property
    def printed_host(self) -> str:
        """The host that new tags say: the first of ours, else the one phones call us by."""
        return self.tag_hosts[0] if self.tag_hosts else urlsplit(self.public_url).netloc


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment, checked. Raises SettingError with what to do."""
    environ = os.environ if environ is None else environ
    values = {
        known.name: _parse(known.name, environ[known.name], type(known.default))
        for known in fields(Settings)
        if environ.get(known.name)
    }
    if values.get("DEMO"):
        values.setdefault("TAG_KEYS", DEMO_TAG_KEYS)
    settings = Settings(**values)  # type: ignore[arg-type]
    if settings.DEMO:
        settings = _with_demo_secrets(settings, values)
    _check(settings)
    return settings


def _parse(name: str, text: str, kind: type) -> object:
    try:
        if kind is bool:
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
                text.lower()
            ]
        return kind(text)
    except (KeyError, ValueError):
        raise SettingError(f"{name}={text!r} is not a {kind.__name__}.") from None


def _check(settings: Settings) -> None:
    if len(settings.SECRET_KEY.encode()) < 32:
        raise SettingError(
            "SECRET_KEY is missing or shorter than 32 bytes. Make one with "
            "`python3 -c 'import secrets; print(secrets.token_hex(32))'`, "
            "or set DEMO=1 to look around."
        )
    if not settings.data_keys or not settings.index_keys:
        raise SettingError(
            "DATA_KEYS and INDEX_KEYS are required, each like 1:HEX with 64 hex digits. "
            "Make one with `python3 -c 'import secrets; print(\"1:\" + secrets.token_hex(32))'`."
        )
    _check_tags(settings)
    _check_bucket(settings)
    _check_outbox(settings)
    _check_base_map(settings)
    if settings.COURIER not in COURIERS:
        raise SettingError(f"COURIER={settings.COURIER!r} is none of {', '.join(COURIERS)}.")


def _check_base_map(settings: Settings) -> None:
    """One host, named plainly: it goes into the page's Content-Security-Policy."""
    if settings.BASE_MAP_DATUM not in BASE_MAP_DATUMS:
        raise SettingError(f"BASE_MAP_DATUM is none of {', '.join(BASE_MAP_DATUMS)}.")
    if not settings.BASE_MAP_URL:
        return
    has_all = all(part in settings.BASE_MAP_URL for part in ("{z}", "{x}", "{y}"))
    if not has_all or not TILE_HOST.fullmatch(settings.base_map_host):
        raise SettingError(
            "BASE_MAP_URL must look like https://tiles.example.cn/{z}/{x}/{y}.png, with one host."
        )


def _check_outbox(settings: Settings) -> None:
    if settings.UNIT_LANGUAGE not in UNIT_LANGUAGES:
        raise SettingError(f"UNIT_LANGUAGE is none of {', '.join(UNIT_LANGUAGES)}.")
    if settings.OUTBOX_DAYS < 1:
        raise SettingError("OUTBOX_DAYS must be 1 or more.")
    if not settings.SMTP_URL:
        return
    try:
        server = urlsplit(settings.SMTP_URL)
        is_one = server.scheme in ("smtp", "smtps") and bool(server.hostname) and server.port != 0
    except ValueError:
        is_one = False
    if not is_one:
        raise SettingError("SMTP_URL must look like smtps://USER:PASSWORD@HOST:465.")
    if "@" not in settings.MAIL_FROM:
        raise SettingError("MAIL_FROM is required for SMTP_URL: an address.")


def _check_bucket(settings: Settings) -> None:
    if not settings.PHOTOS.startswith("s3://"):
        return
    if not settings.PHOTOS_ENDPOINT.startswith(("http://", "https://")):
        raise SettingError("PHOTOS_ENDPOINT is required for s3://, like https://oss.example.cn.")
    if not settings.PHOTOS_ACCESS_KEY or not settings.PHOTOS_SECRET_KEY:
        raise SettingError("PHOTOS_ACCESS_KEY and PHOTOS_SECRET_KEY are required for s3://.")


def _check_tags(settings: Settings) -> None:
    if not settings.TAG_KEYS:
        raise SettingError("TAG_KEYS is required, like DATA_KEYS: 1:HEX with 64 hex digits.")
    published = {bytes.fromhex(DEMO_TAG_KEYS.partition(":")[2])}
    if not settings.DEMO and published & {settings.tag_keys.current, settings.tag_keys.previous}:
        raise SettingError("TAG_KEYS holds the key of the demo town, which everybody knows.")
    settings.tag_hosts  # noqa: B018 - raises if a name is none.


def _keyring(name: str, text: str) -> tuple[tuple[int, bytes], ...]:
    keys = []
    for part in filter(None, text.split(",")):
        number, _, digits = part.strip().partition(":")
        try:
            key = int(number), bytes.fromhex(digits)
        except ValueError:
            raise SettingError(f"{name}: {number!r} must look like ID:HEX.") from None
        if len(key[1]) != 32 or not 1 <= key[0] <= 255:
            raise SettingError(f"{name}: key {number} needs an ID of 1-255 and 64 hex digits.")
        keys.append(key)
    return tuple(keys)


def _with_demo_secrets(settings: Settings, given: dict[str, object]) -> Settings:
    """Secrets of a demo are made at random once and kept beside its database, mode 0600."""
    if not settings.DATABASE_URL.startswith("sqlite:///"):
        return settings
    kept = Path(settings.DATABASE_URL.removeprefix("sqlite:///")).with_suffix(".secrets")
    kept.parent.mkdir(parents=True, exist_ok=True)
    if not kept.exists():
        made = (
            f"SECRET_KEY={secrets.token_hex(32)}\n"
            f"DATA_KEYS=1:{secrets.token_hex(32)}\n"
            f"INDEX_KEYS=1:{secrets.token_hex(32)}\n"
        )
        handle = os.open(kept, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(made)
    found = dict(line.split("=", 1) for line in kept.read_text().splitlines() if "=" in line)
    values = {known.name: getattr(settings, known.name) for known in fields(Settings)}
    for name in ("SECRET_KEY", "DATA_KEYS", "INDEX_KEYS"):
        if name not in given:
            values[name] = found[name]
    return Settings(**values)
