"""A city's own forms come in through the browser or a program, as files do on the command line."""

from collections.abc import Mapping
from typing import Any

from backend.actor import Actor
from backend.rules.forms import BadForm
from backend.services import scope, trail
from backend.services.inspections import forms, xlsforms
from backend.verbs import verb


@verb("form.publish")
def publish(document: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """Ask a form from now on; one that has begun under the former version may still be sent"""
    scope.check_city(by, "form.publish")
    try:
        version, is_new = forms.publish(document, by.name)
    except BadForm as fault:
        raise forms.refuse(fault) from fault
    code = str(document["code"])
    trail.write(by, "form.publish", facts={"form": code, "version": version, "new": is_new})
    return {**forms.current(code).as_dict(), "is_new": is_new}


@verb("form.list", anyone=True, reads=True)
def listed(*, by: Actor) -> list[dict[str, Any]]:
    """The forms that are asked, each in its newest version"""
    return forms.all_current()


@verb("form.show", anyone=True, reads=True)
def show(code: str, version: int | None, *, by: Actor) -> dict[str, Any]:
    """A form with all its items; a former version too"""
    found = forms.current(code) if version is None else forms.version(code, version)
    return found.as_dict()


def workbook(code: str, version: int | None, *, by: Actor) -> bytes:
    """A form as an XLSForm, the workbook that other field programs read."""
    found = _taken(code, version, by)
    return xlsforms.workbook(found.form, found.version)


def xform(code: str, version: int | None, *, by: Actor) -> bytes:
    """A form as an XForm, the XML that phones of other field programs read."""
    found = _taken(code, version, by)
    return xlsforms.xform(found.form, found.version)


def _taken(code: str, version: int | None, by: Actor) -> forms.Published:
    """Who may look at a form may take it along."""
    return forms.version(code, show(code, version, by=by)["version"])
