"""Many keys in few letters: "1048577-1048616,7340034" for the subjects of a trail line."""

from collections.abc import Iterable


def pack(keys: Iterable[int]) -> str:
    """Sorted, runs joined: [3, 1, 2, 9] -> "1-3,9"."""
    runs: list[list[int]] = []
    for key in sorted(set(keys)):
        if runs and key == runs[-1][1] + 1:
            runs[-1][1] = key
        else:
            runs.append([key, key])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def unpack(text: str) -> list[int]:
    """The keys again, in order."""
    keys: list[int] = []
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        keys.extend(range(int(first), int(last or first) + 1))
    return keys


def holds(text: str, key: int) -> bool:
    """Whether `key` is among them, without unpacking."""
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        if int(first) <= key <= int(last or first):
            return True
    return False
