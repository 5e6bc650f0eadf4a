"""Tokens: what a client holds while the desk looks at its report."""

from flask import Blueprint, Response

from backend.services import clients
from mobile_api.open311.answers import answer
from mobile_api.open311.asking import FORMATS, query
from mobile_api.open311.trees import Listed

blp = Blueprint("open311_tokens", __name__)


@blp.get(f"/tokens/<token>.<{FORMATS}:suffix>")
def token(token: str, suffix: str) -> Response:
    """The number behind a token; without it as long as there is none to tell"""
    query()
    number = clients.case_of(token)
    request = {"service_request_id": number} if number is not None else {}
    return answer("service_requests", Listed("request", [{**request, "token": token}]))
