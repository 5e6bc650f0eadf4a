"""`python -m bench NAME [OPTION...]` runs the `main` of bench/NAME.py."""

import importlib
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def names() -> list[str]:
    """The modules here that can be run: those with a `main`."""
    return sorted(
        path.stem
        for path in FOLDER.glob("[a-z]*.py")
        if "\ndef main(" in path.read_text(encoding="utf-8")
    )


def main() -> None:
    name, options = (sys.argv[1:2] or [""])[0], sys.argv[2:]
    if name not in names():
        sys.exit(f"usage: python -m bench NAME, where NAME is one of: {', '.join(names())}")
    sys.argv = [f"python -m bench {name}", *options]
    importlib.import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
