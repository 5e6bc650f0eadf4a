"""Nobody is told: a line of the log says that somebody would have been, without saying who."""

import logging

log = logging.getLogger("gridtag.couriers")


class LogCourier:
    """For a house that has no gateway yet."""

    def carry(self, key: str, to: str, text: str) -> None:
        log.info("a message was not sent: no gateway", extra={"key": key})
