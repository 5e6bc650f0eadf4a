"""Photos that strangers send before the report they belong to."""

from backend import together
from backend.actor import Actor
from backend.errors import TooManyPhotos
from backend.house import house
from backend.services import allowances, photos
from backend.services.allowances import Bucket
from backend.services.photos import Taken


def keep_photo(content: bytes, *, by: Actor | None, source: str) -> str:
    """Take a photo in; its number. Raises PhotoUnreadable, and TooManyPhotos for one address.

    Refused before the disk sees it; counted in the transaction that keeps it.
    """
    return enter_photo(store_photo(content, by=by, source=source), by=by, source=source)


def store_photo(content: bytes, *, by: Actor | None, source: str) -> Taken:
    """The file, for whoever has some left: outside any transaction."""
    _refuse_if_empty(_bucket(by, source))
    return photos.take(content)


def enter_photo(taken: Taken, *, by: Actor | None, source: str) -> str:
    """Count it and keep it; its number."""
    bucket = _bucket(by, source)

    def enter() -> str:
        _refuse_if_empty(bucket)
        allowances.take([bucket], allowances.levels([bucket]))
        return photos.enter(taken, by=by)

    return together.write(enter)


def _bucket(by: Actor | None, source: str) -> Bucket:
    flow = house().policy.reports.buckets["photo"]
    whose = f"account:{by.account_id}" if by else allowances.network(source)
    return Bucket(f"report-photo:{whose}"[:120], flow.most, flow.per_s)


def _refuse_if_empty(bucket: Bucket) -> None:
    left = allowances.levels([bucket])[bucket.key]
    if left < 1:
        raise TooManyPhotos(retry_after_s=max(1, round((1 - left) / bucket.per_s)))
