"""Finds the Chrome or Chromium that the browser tests drive. Standard library only: .ci uses it."""

import os
import shutil

NAMES = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser")


def find() -> str | None:
    """The path of a browser: the one CHROME names, else the first of NAMES on the PATH."""
    return next(filter(None, map(shutil.which, (os.environ.get("CHROME", ""), *NAMES))), None)
