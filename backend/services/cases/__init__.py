"""Cases: what the city has taken on, from the report to the closing.

`open_or_join` is how a report becomes a case, `moves` what staff do with it, `desk` what they
see of it; what anybody may read is in `faces`.
"""

from backend.services.cases import checks, dispatching, handlers, moves, queues
from backend.services.cases.accepting import accept_due
from backend.services.cases.candidates import candidates
from backend.services.cases.confirming import to_confirm
from backend.services.cases.desk import (
    conditions,
    contact,
    listed,
    may,
    may_somewhere,
    show,
    waiting_for,
)
from backend.services.cases.dispatching import consider, dispatch_waiting, waiting_figures
from backend.services.cases.duty_list import desk_of
from backend.services.cases.faces import (
    find,
    heir_of,
    line,
    number_of,
    open_around,
    open_at,
    public,
)
from backend.services.cases.granting import resume_due
from backend.services.cases.opening import (
    ALONE,
    About,
    Opened,
    appeal,
    open_one,
    open_or_join,
    reopen,
    step,
)
from backend.services.cases.parts import MOST_PARTS
from backend.services.cases.proving import Proof, prove
from backend.services.cases.rule_faults import figures as rule_figures
from backend.services.cases.rule_faults import look_over
from backend.services.cases.sampled import close_unsampled
from backend.services.cases.sealing import seal
from backend.services.cases.searching import (
    LETTERS,
    MOST,
    Search,
    is_public,
    read,
    search,
    steps_between,
)
from backend.services.cases.urging import late_figures, urge_due

__all__ = [
    "ALONE",
    "LETTERS",
    "MOST",
    "MOST_PARTS",
    "About",
    "Opened",
    "Proof",
    "Search",
    "accept_due",
    "appeal",
    "candidates",
    "checks",
    "close_unsampled",
    "conditions",
    "consider",
    "contact",
    "desk_of",
    "dispatch_waiting",
    "dispatching",
    "find",
    "handlers",
    "heir_of",
    "is_public",
    "late_figures",
    "line",
    "listed",
    "look_over",
    "may",
    "may_somewhere",
    "moves",
    "number_of",
    "open_around",
    "open_at",
    "open_one",
    "open_or_join",
    "prove",
    "public",
    "queues",
    "read",
    "reopen",
    "resume_due",
    "rule_figures",
    "seal",
    "search",
    "show",
    "step",
    "steps_between",
    "to_confirm",
    "urge_due",
    "waiting_figures",
    "waiting_for",
]
