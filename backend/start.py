"""Opening the house: database, policy, keys, and refusals kept on the trail."""

from backend import verbs
from backend.config import Settings
from backend.house import House, open_house
from backend.services import trail


def start(settings: Settings) -> House:
    """Open the house. May be called again, for another database."""
    verbs.keep_refusals_with(trail.write_refusal)
    return open_house(settings)
