"""An owner's notice under its code: is the paper true, how does it stand; and the paper itself."""

from typing import Any

from flask import Blueprint, Response

from backend.services import inspections
from mobile_api.pages.render import asked, page, see

blp = Blueprint("owners_notice_pages", __name__)


@blp.get("/n")
def typed() -> Any:
    """A code typed from paper"""
    code = inspections.notices.read(asked("code", 40))
    return see(f"/n/{code}") if code.isalnum() and code.isascii() else page("notices/ask.html")


@blp.get("/n/<code>")
def shown(code: str) -> Any:
    """What was written on it, and what has been put right since"""
    return page("notices/notice.html", notice=inspections.notices.verified(code))


@blp.get("/n/<code>.pdf")
def paper(code: str) -> Any:
    """The notice as a page to print"""
    content = inspections.paper.page(code)
    head = {"Content-Disposition": f'inline; filename="{inspections.notices.read(code)}.pdf"'}
    return Response(content, headers=head, mimetype="application/pdf")
