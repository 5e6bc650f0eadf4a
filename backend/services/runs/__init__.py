"""Print runs: ordered, read back, released, printed, handed out; printed again in part."""

from backend.services.runs.choices import choices
from backend.services.runs.drawing import FORMATS, File, draw, ruler
from backend.services.runs.lists import MOST, read_lines, read_list
from backend.services.runs.ordering import order_run, preview, reorder
from backend.services.runs.samples import label_sample, page_sample
from backend.services.runs.showing import list_runs, pieces_of, show_run
from backend.services.runs.steps import cancel, issue, mark_printed, release, release_drawn, spoil

__all__ = [
    "FORMATS",
    "MOST",
    "File",
    "cancel",
    "choices",
    "draw",
    "issue",
    "label_sample",
    "list_runs",
    "mark_printed",
    "order_run",
    "page_sample",
    "pieces_of",
    "preview",
    "read_lines",
    "read_list",
    "release",
    "release_drawn",
    "reorder",
    "ruler",
    "show_run",
    "spoil",
]
