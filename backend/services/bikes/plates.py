"""A bike's code as a picture for the phone and as a page for the print shop."""

from backend import turns
from backend.errors import NotFound
from backend.house import house
from backend.models import Bike
from backend.services.bikes import owners
from backend.services.runs.drawing import press
from qr import sheets
from qr.labels import pictures, svg
from qr.labels.layout import Piece

KIND = "ebike"
DPI = 300


def drawn(token: str, form: str) -> bytes:
    """The plate of the bike whose link this is: `svg`, `png` (300 dots an inch) or `pdf` (A4).

    It bears the code and nothing of the owner. Raises NotFound while there is no code.
    """
    bike = Bike.get_by_id(owners.living(token).bike_id)
    if bike.code is None:
        raise NotFound(noun="tag")
    order = sheets.order(KIND, house().settings.printed_host, dpi=DPI)
    piece = Piece(bike.code)
    with turns.aside(), press:
        if form == "pdf":
            return sheets.pdf(order, [piece])
        symbol = order.symbol(piece)
        if form == "png":
            return pictures.png(order.layout, piece, symbol)
        return svg.svg(order.layout, piece, symbol).encode()
