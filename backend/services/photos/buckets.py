"""The sealed files in a bucket that speaks S3: a city's own MinIO, or OSS, COS, OBS.

The names are those of the folder, so that whoever moves from one to the other copies files.
What the bucket has acknowledged is as durable as its keeper promises.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from urllib.parse import urlsplit

from minio import Minio
from minio.error import MinioException, S3Error
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from backend.config import Settings
from backend.errors import Unavailable
from backend.services.photos.missing import Missing

log = logging.getLogger("gridtag.photos")

PATIENCE = Timeout(connect=3, read=20)
AGAIN = Retry(total=2, backoff_factor=0.2, status_forcelist=(500, 502, 503, 504))


class Bucket:
    """A bucket and what its names begin with: s3://BUCKET/BEGINNING."""

    def __init__(self, settings: Settings) -> None:
        where, endpoint = urlsplit(settings.PHOTOS), urlsplit(settings.PHOTOS_ENDPOINT)
        self.bucket, self.beginning = where.netloc, where.path.strip("/")
        self.client = Minio(
            endpoint.netloc,
            access_key=settings.PHOTOS_ACCESS_KEY,
            secret_key=settings.PHOTOS_SECRET_KEY,
            secure=endpoint.scheme == "https",
            region=settings.PHOTOS_REGION,
            http_client=PoolManager(timeout=PATIENCE, maxsize=16, retries=AGAIN),
        )

    def put(self, name: str, content: bytes) -> None:
        with _in_our_words():
            self.client.put_object(self.bucket, self._key(name), BytesIO(content), len(content))

    def get(self, name: str) -> bytes:
        with _in_our_words():
            answer = self.client.get_object(self.bucket, self._key(name))
            try:
                return bytes(answer.read())
            finally:
                answer.close()
                answer.release_conn()

    def delete(self, name: str) -> None:
        with _in_our_words():
            self.client.remove_object(self.bucket, self._key(name))

    def names(self) -> Iterator[tuple[str, datetime]]:
        with _in_our_words():
            beginning = f"{self.beginning}/" if self.beginning else ""
            for found in self.client.list_objects(self.bucket, prefix=beginning, recursive=True):
                yield str(found.object_name).rpartition("/")[2], found.last_modified

    def _key(self, name: str) -> str:
        return "/".join(part for part in (self.beginning, name[:2], name) if part)


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Missing for what is not there; what else is wrong with the bucket is told the operator."""
    try:
        yield
    except S3Error as error:
        if error.code == "NoSuchKey":
            raise Missing(error.object_name) from None
        log.error("the bucket refuses", extra={"code": error.code})
        raise Unavailable(retry_after_s=30) from error
    except (MinioException, HTTPError, OSError) as error:
        raise Unavailable(retry_after_s=5) from error
