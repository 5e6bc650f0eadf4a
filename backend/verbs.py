"""What can be done here: a verb is a permit, one transaction, and a name on the trail."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from backend.actor import SYSTEM, Actor
from backend.db import database, reading, writing
from backend.errors import NotAllowed, Refused, StorageFull, Unavailable
from backend.house import house

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Verb:
    name: str
    function: Callable[..., Any]
    reads: bool
    anyone: bool

    @property
    def story(self) -> str:
        return (self.function.__doc__ or "").strip().split("\n")[0]


VERBS: dict[str, Verb] = {}


def verb(
    name: str, *, reads: bool = False, anyone: bool = False
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a service function a verb called `name`.

    Its caller passes `by=` an Actor, one of whose roles must list the name in
    `fixtures/policy/roles.toml` (unless `anyone` signed in may). It runs in one write
    transaction, or with `reads` in one consistent view; a verb inside a verb joins it.
    Where it may be done is for the function to say: only it knows the place.
    """

    def make(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            by = kwargs["by"]
            assert isinstance(by, Actor)
            is_outermost = not database.in_transaction()
            try:
                if not anyone:
                    check(by, name)
                with reading() if reads else writing():
                    return function(*args, **kwargs)
            except Refused as refusal:
                refusal.asked = refusal.asked or (by, name)
                if is_outermost:
                    settle(refusal)
                raise

        VERBS.setdefault(name, Verb(name, function, reads, anyone))
        return call

    return make


KeepRefusal = Callable[[Actor, str, Refused], None]
_keep_refusal: list[KeepRefusal] = []


def keep_refusals_with(keep: KeepRefusal) -> None:
    """What writes a refusal on the trail; given by `backend.start`, which knows the services."""
    _keep_refusal[:] = [keep]


def settle(refusal: Refused) -> None:
    """A refusal has undone its verb: keep it on the trail, do what must happen all the same.

    Called by the outermost verb, and by the door for refusals outside any verb; once counts.
    """
    if refusal.is_settled or isinstance(refusal, StorageFull | Unavailable):
        return
    refusal.is_settled = True
    if refusal.asked is None and refusal.aftermath is None:
        return  # Nobody known asked: strangers do not queue for the lock.
    with writing():
        if refusal.asked is not None:
            by, name = refusal.asked
            assert isinstance(by, Actor)
            for keep in _keep_refusal:
                keep(by, name, refusal)
        if refusal.aftermath is not None:
            refusal.aftermath()


def check(by: Actor, name: str) -> None:
    """Refuse unless one of the actor's roles includes this verb, wherever that may be.

    The house itself (its command line, its keeper) may: no session leads to account 0.
    """
    if by.account_id == SYSTEM.account_id:
        return
    verbs = house().policy.verbs
    if not any(name in verbs[role] for role in by.roles):
        raise NotAllowed(verb=name)
