"""A file in a form: how a phone sends a photo."""

from typing import Any

from flask import abort, request

from backend.errors import Invalid
from backend.services import photos

MOST_BODY = photos.MOST_BYTES + 64 * 1024  # What stands around a photo in a form.
PHOTO_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"photo": {"type": "string", "format": "binary"}},
                "required": ["photo"],
                "additionalProperties": False,
            }
        }
    },
}


def photo() -> bytes:
    """The one file of the form, called `photo`."""
    is_form = request.mimetype == "multipart/form-data"
    if is_form:
        request.max_content_length = MOST_BODY
    if (request.content_length or 0) > (request.max_content_length or 0):
        abort(413)
    if not is_form:
        abort(415)
    files = request.files.getlist("photo")
    if len(files) != 1 or len(request.files) != 1 or request.form:
        raise Invalid(errors={"photo": ["Send one photo."]})
    return files[0].read()
