"""E-bikes: registered in seconds, one owner at a time, found again by whoever scans them.

An owner has no account: the link of the registration is theirs, and says who they are. What
officers do with bikes are verbs, with a permit and a line on the trail.
"""

from backend.services.bikes.deciding import decide, recover, reviews
from backend.services.bikes.delaying import decide_delay, delays
from backend.services.bikes.fleets import ACTS as FLEET_ACTS
from backend.services.bikes.fleets import act_on, fleet, has_fleet
from backend.services.bikes.life import (
    ask_review,
    correct,
    cry_theft,
    find,
    retag,
    scrap,
    withdraw,
)
from backend.services.bikes.looking_up import look_up
from backend.services.bikes.owners import mine, show
from backend.services.bikes.pictures import sent_to_owner, sent_to_staff
from backend.services.bikes.plates import drawn
from backend.services.bikes.registering import areas_served, register, write_down
from backend.services.bikes.searching import search, stolen
from backend.services.bikes.sighting import seen, seen_text
from backend.services.bikes.steps import number_in
from backend.services.bikes.transferring import accept, offer, offered, refuse, take_back

__all__ = [
    "FLEET_ACTS",
    "accept",
    "act_on",
    "areas_served",
    "ask_review",
    "correct",
    "cry_theft",
    "decide",
    "decide_delay",
    "delays",
    "drawn",
    "find",
    "fleet",
    "has_fleet",
    "look_up",
    "mine",
    "number_in",
    "offer",
    "offered",
    "recover",
    "refuse",
    "register",
    "retag",
    "reviews",
    "scrap",
    "search",
    "seen",
    "seen_text",
    "sent_to_owner",
    "sent_to_staff",
    "show",
    "stolen",
    "take_back",
    "withdraw",
    "write_down",
]
