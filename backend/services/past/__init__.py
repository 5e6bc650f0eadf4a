"""A believable past: cases as a city has had them, for the demo town and for measuring the board.

`lives` invents what happened to a case, `filling` writes many of them at once; `rounds` is what
workers looked at.
"""

from backend.services.past.filling import fill
from backend.services.past.lives import Happened, Life, Subject, invent
from backend.services.past.rounds import fill_rounds
from backend.services.past.town import fill_demo

__all__ = ["Happened", "Life", "Subject", "fill", "fill_demo", "fill_rounds", "invent"]
