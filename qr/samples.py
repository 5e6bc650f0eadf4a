"""Sample labels, for trying printers, papers and phones. No city accepts their codes."""

import secrets

from qr import codes
from qr.labels.layout import Piece

# Everybody can read this key, so what it mints proves nothing: a server answers "forged".
KEYS = codes.Keys(b"Sample codes: printed in every copy of this program.")


def pieces(count: int) -> list[Piece]:
    """So many labels with different codes; each calls itself 样张, specimen."""
    minted: dict[str, None] = {}
    while len(minted) < count:
        minted[codes.mint(KEYS, secrets.token_bytes)] = None
    return [Piece(code, f"样张 {number}") for number, code in enumerate(minted, start=1)]
