"""Counts and times of answers, summed over all server processes.

The processes share a folder of counters. prometheus_client looks for its name once, when it is
imported; so it is named here first, in the parent from which they all are forked.
"""

import atexit
import os
import shutil
import tempfile
from functools import cache

FOLDER_NAME = "PROMETHEUS_MULTIPROC_DIR"
MEMORY = "/dev/shm"  # noqa: S108 - mkdtemp makes a folder of our own in it.


def _share_a_folder() -> None:
    if os.environ.get(FOLDER_NAME):
        return
    # Counters are mapped memory: on a disk that is full, counting one more would end the process.
    place = MEMORY if os.access(MEMORY, os.W_OK) else None
    folder, maker = tempfile.mkdtemp(prefix="gridtag-metrics-", dir=place), os.getpid()
    os.environ[FOLDER_NAME] = folder

    @atexit.register
    def remove() -> None:
        if os.getpid() == maker:  # A forked server must not take the folder from the others.
            shutil.rmtree(folder, ignore_errors=True)


_share_a_folder()

from prometheus_client import (  # noqa: E402 - see above.
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)

REQUESTS = Counter("gridtag_requests_total", "Answers by status", ["method", "rule", "status"])
SECONDS = Histogram(
    "gridtag_request_seconds",
    "Time to answer",
    ["method", "rule"],
    buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def count(method: str, rule: str, status: int, seconds: float) -> None:
    """Note one answer."""
    if method not in METHODS:
        method = "OTHER"
    requests, times = _counted(method, rule, status)
    requests.inc()
    times.observe(seconds)


@cache
def _counted(method: str, rule: str, status: int) -> tuple[Counter, Histogram]:
    """Those of one kind of answer; there are as many as routes and statuses, no more."""
    return REQUESTS.labels(method, rule, status), SECONDS.labels(method, rule)


def text() -> tuple[bytes, str]:
    """What all processes have counted, and its media type."""
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return generate_latest(registry), CONTENT_TYPE_LATEST
