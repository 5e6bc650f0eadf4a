"""Logs as JSON lines on standard error. What a person typed or is called never gets there."""

import logging
import sys

import orjson

KNOWN = ("request_id", "method", "rule", "status", "ms", "refused", "duty")


class JsonLines(logging.Formatter):
    """One object a line: time, level, message, and the facts given as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "message": record.getMessage(),
        }
        for name in KNOWN:
            value = getattr(record, name, None)
            if value is not None:
                line[name] = value
        if record.exc_info and record.exc_info[0] is not None:
            # The values of an exception may be personal; its kind and place are enough.
            line["error"] = record.exc_info[0].__name__
            line["where"] = _where(record)
        return orjson.dumps(line, default=str).decode()


def _where(record: logging.LogRecord) -> list[str]:
    assert record.exc_info is not None
    trace, found = record.exc_info[2], []
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return found[-6:]


QUIET = {
    "peewee": logging.WARNING,  # At DEBUG it tells every query with what was typed into it.
    "waitress.queue": logging.ERROR,  # A request that waits a moment for a thread is not news.
}


def prepare(level: str) -> None:
    """Once a process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(least)
