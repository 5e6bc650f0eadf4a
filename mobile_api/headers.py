"""Headers every answer carries: no foreign script, no frame, no guessing of types."""

from flask import Response, current_app, request

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# Swagger UI writes style attributes; only its own page may.
DOCS_CSP = CSP.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")

MAP = "/map"
"""Where tiles of a base map may be seen; nowhere else is anybody asked for a picture."""

ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "geolocation=(self), camera=(self), microphone=(), payment=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
# A follow-up link is all that keeps a report private: it travels in no Referer, into no index.
PRIVATE = "/r/"
ON_PRIVATE = (
    *(one for one in ALWAYS if one[0] != "Referrer-Policy"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Robots-Tag", "noindex, nofollow"),
    ("Content-Security-Policy", CSP),
)
ON_ALL = (*ALWAYS, ("Content-Security-Policy", CSP))
ON_DOCS = (*ALWAYS, ("Content-Security-Policy", DOCS_CSP))


def add(response: Response) -> Response:
    """Add them; answers that may hold people are never stored by default."""
    headers = response.headers
    is_docs = request.path.startswith("/api/docs") or request.path.endswith("/docs")
    is_private = request.path.startswith(PRIVATE)
    # One extension costs a third of seven look-ups; nobody else sets these.
    headers.extend(ON_DOCS if is_docs else ON_PRIVATE if is_private else ON_ALL)
    if current_app.config["BASE_MAP_HOST"] and _is_map():
        headers["Content-Security-Policy"] = with_tiles(current_app.config["BASE_MAP_HOST"])
    if "Cache-Control" not in headers:
        headers.add("Cache-Control", "no-store")
    if current_app.config["SECURE"]:
        headers.add("Strict-Transport-Security", "max-age=31536000")
    return response


def with_tiles(host: str) -> str:
    """The policy of a map's page: pictures of this host, too."""
    return CSP.replace("img-src 'self' data:", f"img-src 'self' data: {host}")


def _is_map() -> bool:
    return request.path == MAP or request.path.startswith(f"{MAP}/")
