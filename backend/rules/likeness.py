"""Whether two pictures come from one: what they have in common survives cropping and pressing.

A mark is 128 bits: of 8 x 8 fields, whether each is lighter than its right and its lower
neighbour. A picture has one mark of the whole and 27 of parts of it, so that one that was cut
out of another has the mark of one of its parts, nearly.
"""

MARK = 16  # Bytes.
SCALES = (0.92, 0.85, 0.78)
MOST_APART = 17
"""Of 128 bits. Strangers differ by 64 in the mean; how sharp this is, tests measure."""

Box = tuple[float, float, float, float]


def boxes(width: float, height: float) -> list[Box]:
    """The whole, then its parts: three sizes, each in nine places."""
    found = [(0.0, 0.0, width, height)]
    for scale in SCALES:
        wide, high = width * scale, height * scale
        for column in range(3):
            for line in range(3):
                left, top = (width - wide) * column / 2, (height - high) * line / 2
                found.append((left, top, left + wide, top + high))
    return found


def mark(across: bytes, down: bytes) -> bytes:
    """Of greys: `across` 8 lines of 9, `down` 9 lines of 8."""
    bits = 0
    for line in range(0, 72, 9):
        for place in range(line, line + 8):
            bits = bits << 1 | (across[place] > across[place + 1])
    for place in range(64):
        bits = bits << 1 | (down[place] > down[place + 8])
    return bits.to_bytes(MARK, "big")


def are_alike(one: bytes, other: bytes) -> bool:
    """Whether one picture of these marks, or a part of it, is the other."""
    if len(one) < MARK or len(other) < MARK:
        return False
    ones, others = _numbers(one), _numbers(other)
    whole, other_whole = ones[0], others[0]
    return any((whole ^ part).bit_count() <= MOST_APART for part in others) or any(
        (other_whole ^ part).bit_count() <= MOST_APART for part in ones
    )


def _numbers(marks: bytes) -> list[int]:
    whole = range(0, len(marks) - len(marks) % MARK, MARK)
    return [int.from_bytes(marks[at : at + MARK], "big") for at in whole]
