"""The tree of areas: district > street > community > grid, as codes and as paths.

A code is 6, 9, 12 or 15 digits; a path is the codes from the city down, joined by "/":
`4403/440304/440304004/440304004028/440304004028001`. The order here is only that of the areas
among themselves: which area a *building* belongs to is a relation in the database, and its code
may begin with a community it left long ago.
"""

LEVELS = {6: "district", 9: "street", 12: "community", 15: "grid"}


def is_code(text: str) -> bool:
    return len(text) in LEVELS and text.isascii() and text.isdigit()


def level(code: str) -> str:
    """The English word for the level of a code. Raises ValueError."""
    if not is_code(code):
        raise ValueError(f"{code!r} is not an area code of 6, 9, 12 or 15 digits")
    return LEVELS[len(code)]


def path_contains(scope_path: str, path: str) -> bool:
    """Whether `path` is the area of `scope_path` or lies in it. Nothing contains nothing."""
    return bool(scope_path) and (path == scope_path or path.startswith(scope_path + "/"))


def upwards(path: str) -> list[str]:
    """The path itself and those of the areas above it, the smallest first."""
    codes = path.split("/")
    return ["/".join(codes[:depth]) for depth in range(len(codes), 0, -1)]
