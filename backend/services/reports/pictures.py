"""Photos that strangers send before the report they belong to."""

from backend.actor import Actor
from backend.db import writing
from backend.errors import TooManyPhotos
from backend.house import house
from backend.services import allowances, photos
from backend.services.allowances import Bucket


def keep_photo(content: bytes, *, by: Actor | None, source: str) -> str:
    """Take a photo in; its number. Raises PhotoUnreadable, and TooManyPhotos for one address.

    Refused before the disk sees it; counted in the transaction that keeps it.
    """
    flow = house().policy.reports.buckets["photo"]
    whose = f"account:{by.account_id}" if by else allowances.network(source)
    bucket = Bucket(f"report-photo:{whose}"[:120], flow.most, flow.per_s)
    _refuse_if_empty(bucket)
    taken = photos.take(content)
    with writing():
        _refuse_if_empty(bucket)
        allowances.take([bucket], allowances.levels([bucket]))
        return photos.enter(taken, by=by)


def _refuse_if_empty(bucket: Bucket) -> None:
    left = allowances.levels([bucket])[bucket.key]
    if left < 1:
        raise TooManyPhotos(retry_after_s=max(1, round((1 - left) / bucket.per_s)))
