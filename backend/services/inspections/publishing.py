"""A city's own forms come in through the browser or a program, as files do on the command line."""

from collections.abc import Mapping
from typing import Any

from backend.actor import Actor
from backend.rules.forms import BadForm
from backend.services import trail
from backend.services.inspections import forms
from backend.verbs import verb


@verb("form.publish")
def publish(document: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """Ask a form from now on; one that has begun under the former version may still be sent"""
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
