"""The services: what may be reported, and what is asked about it."""

from typing import Any

from flask import Blueprint, Response
from flask_babel import force_locale, gettext

from backend.rules.questions import SENTENCES, Question
from backend.services import clients
from backend.services.clients import Service
from mobile_api.open311.answers import answer
from mobile_api.open311.asking import FORMATS, language, query, tongue
from mobile_api.open311.trees import Listed

blp = Blueprint("open311_services", __name__)

Plain = dict[str, Any]


@blp.get(f"/services.<{FORMATS}:suffix>")
def listed(suffix: str) -> Response:
    """Every service"""
    query()
    with force_locale(language()):
        items = [_service(one) for one in clients.offered()]
    return _kept(answer("services", Listed("service", items)))


@blp.get(f"/services/<code>.<{FORMATS}:suffix>")
def definition(code: str, suffix: str) -> Response:
    """What is asked about one service; of some, nothing"""
    query()
    one = clients.service(code)
    with force_locale(language()):
        tree = {"service_code": one.code, "attributes": Listed("attribute", attributes(one))}
    return _kept(answer("service_definition", tree))


def attributes(one: Service) -> list[Plain]:
    """The attributes of a service in their order: first those that name the thing itself."""
    found = [_naming("tag", gettext("The code on the tag that hangs there, if you scanned it."))]
    found.append(_naming("asset", gettext("The number of the facility, if you know it.")))
    kept = found[: 2 if one.of_facilities else 1 if one.of_tagged_things else 0]
    kept += [_attribute(question) for question in one.questions]
    return [{**attribute, "order": place} for place, attribute in enumerate(kept, 1)]


def name_of(subject: Plain, problem: Plain) -> str:
    """What a service is called: the thing and what is wrong with it."""
    if tongue() == "en":
        return f"{subject['en'][:1].upper()}{subject['en'][1:]}: {problem['en']}"
    return f"{subject['zh']}：{problem['zh']}"


def _service(one: Service) -> Plain:
    said = one.as_dict()
    subject, problem = said["subject"], said["problem"]
    named = one.of_tagged_things
    return {
        "service_code": one.code,
        "service_name": name_of(subject, problem),
        "description": gettext("Say which one by the code on its tag or by its number.")
        if named
        else gettext("Say where: a position, an address, or both."),
        "metadata": bool(named or one.questions),
        # Of a thing with a tag nobody has to ask which one it is; a place is looked at first.
        "type": "realtime" if named else "batch",
        "keywords": ", ".join(
            dict.fromkeys((subject["zh"], subject["en"], problem["zh"], problem["en"]))
        ),
        "group": subject[tongue()],
    }


def _naming(code: str, description: str) -> Plain:
    return {
        "variable": True,
        "code": code,
        "datatype": "string",
        "required": False,
        "datatype_description": None,
        "order": 0,
        "description": description,
    }


def _attribute(question: Question) -> Plain:
    return {
        "variable": question.answered,
        "code": question.code,
        "datatype": question.datatype,
        "required": question.required,
        "datatype_description": gettext(SENTENCES[question.datatype])
        if question.answered
        else None,
        "order": 0,
        "description": getattr(question, tongue()),
        **(
            {
                "values": Listed(
                    "value",
                    [{"key": one.code, "name": getattr(one, tongue())} for one in question.choices],
                )
            }
            if question.choices
            else {}
        ),
    }


def _kept(made: Response) -> Response:
    """Services change with a release, not by the minute."""
    made.headers["Cache-Control"] = "public, max-age=300"
    return made
