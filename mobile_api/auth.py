"""Who is calling: a bearer token or a browser's cookie becomes an Actor, once a request."""

from flask import g, request

from backend.actor import Actor
from backend.errors import NotSignedIn, Refused
from backend.services.accounts import sessions
from mobile_api.strict import is_clean

COOKIE = "gridtag"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def current_actor() -> Actor:
    """The caller, or a refusal. A token speaks for itself; a cookie only from our own pages."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        actor = g.actor = _identified()
    return actor


def actor_or_none() -> Actor | None:
    """The caller, if there is one."""
    try:
        return current_actor()
    except Refused:
        return None


def actor_if_said() -> Actor | None:
    """The caller, if they say who they are; None for a stranger.

    A token that counts no longer is refused: a worker's report must not become a stranger's.
    """
    if request.headers.get("Authorization"):
        return current_actor()
    return actor_or_none()


def _identified() -> Actor:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return sessions.actor_of_token(token.strip())
    cookie = request.cookies.get(COOKIE)
    if cookie and is_clean(cookie) and (request.method in SAFE or is_from_our_pages()):
        return sessions.actor_of_cookie(cookie)
    raise NotSignedIn()


def is_from_our_pages() -> bool:
    """Whether a changing request comes from a page of ours: no other site may ride a cookie."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == request.host_url.rstrip("/")


def source() -> str:
    """The caller's network address; proxies in front are counted by TRUSTED_PROXIES."""
    return request.remote_addr or "unknown"
