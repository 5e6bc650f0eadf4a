"""Files as answers: a name to save them under, and never shown inside a page of ours."""

from backend.services.runs import File


def attached(file: File) -> tuple[bytes, dict[str, str]]:
    """The bytes, and the headers that make a browser save them."""
    return file.data, {"Content-Disposition": f'attachment; filename="{file.name}"'}
