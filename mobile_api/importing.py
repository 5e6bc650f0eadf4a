"""A file that somebody sends to be loaded: all of it or, with errors, nothing."""

import tempfile
from pathlib import Path
from typing import Any

from backend.errors import ImportFailed
from backend.services import imports
from mobile_api import uploads
from mobile_api.auth import current_actor


def load(kind: str, options: imports.Options, *, dry_run: bool) -> dict[str, Any]:
    """Load the file of this request, and say what became of its rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        uploads.one_file("file").save(path)
        report = imports.run(
            imports.KINDS[kind], path, options, dry_run=dry_run, by=current_actor()
        )
    if report.errors and not dry_run:
        raise _refusal(report)
    return report.as_dict()


def _refusal(report: imports.Report) -> ImportFailed:
    """The list is a fact of its own: it names rows and columns, not fields of the request."""
    refusal = ImportFailed(
        count=report.errors,
        rows=report.rows,
        listed=[vars(finding) for finding in report.listed],
        notices=report.notices,
    )
    refusal.is_settled = True  # The import has left its line already.
    return refusal
