"""Open311 GeoReport v2, for programs of others: the city's services, requests and their state.

A door of its own: its addresses, parameters and errors are the standard's, not ours. Below
`/open311/v2` a report is taken in; below `/open311/test/v2` it is checked to the end and nothing
is kept. See docs/OPEN311.md.
"""

from flask import Flask

from mobile_api.open311 import discovery, requests, services, tokens, updates
from mobile_api.open311.answers import from_http, from_refusal, opened
from mobile_api.open311.asking import PREFIX, PRODUCTION, TEST

__all__ = ["from_http", "from_refusal", "is_ours", "register"]

PARTS = (services.blp, requests.blp, tokens.blp, updates.blp)
for _part in (discovery.blp, *PARTS):
    _part.after_request(opened)


def register(app: Flask) -> None:
    """Put every address into the app, twice: in earnest and to try."""
    app.register_blueprint(discovery.blp, url_prefix=PREFIX)
    for prefix, ending in ((PRODUCTION, ""), (TEST, "_test")):
        app.register_blueprint(
            discovery.blp, url_prefix=prefix, name=f"{discovery.blp.name}{prefix}"
        )
        for blp in PARTS:
            app.register_blueprint(blp, url_prefix=prefix, name=f"{blp.name}{ending}")


def is_ours(path: str) -> bool:
    """Whether an address is of this door, so that its errors speak Open311."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")
