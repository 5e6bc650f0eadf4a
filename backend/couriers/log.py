"""Nobody is told: a line of the log says that somebody would have been, without saying who."""

import logging
from collections.abc import Sequence

from backend.couriers.letters import Bulletin, Letter

log = logging.getLogger("gridtag.couriers")


class LogCourier:
    """For a house that has no gateway yet."""

    def carry(self, letters: Sequence[Letter | Bulletin]) -> None:
        for letter in letters:
            log.info("a message was not sent: no gateway", extra={"key": letter.key})
