"""Makes `.venv` with nothing but a bare Python: no pip, no ensurepip, no compiler needed.

    python3 .ci/bootstrap.py app       what `make run` needs
    python3 .ci/bootstrap.py dev       and what the tests and checks need
    python3 .ci/bootstrap.py chrome    a browser for the browser tests

The Makefile calls it before every target: when the stamp says that nothing changed it is done in
50 ms and pip is not asked. The stamp is written last, so a set-up that was cut short starts anew.
"""

import fcntl
import hashlib
import os
import runpy
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PINS = {  # each file draws in the ones before it
    "app": ["constraints.txt", "requirements.txt"],
    "dev": ["constraints.txt", "requirements.txt", "requirements-dev.txt"],
}


def main(wanted: list[str]) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - the reader may have an older one
        give_up(
            f"Gridtag needs Python 3.11 or later; this is {sys.version.split()[0]} "
            f"({sys.executable}). Name another:  make PYTHON=python3.11 ..."
        )
    with Path(__file__).open() as lock:
        # Two makes at once would write into one another's half of .venv.
        fcntl.flock(lock, fcntl.LOCK_EX)
        for what in wanted:
            chrome() if what == "chrome" else environment(what)


# ------------------------------------------------------------------------------- .venv


def environment(what: str) -> None:
    """Bring .venv up to what `what` ("app" or "dev") asks for; nothing to do is the usual case."""
    if stamp(what) == mark(what) or (what == "app" and stamp("dev") == mark("dev")):
        return
    started = time.monotonic()
    say(f"Setting up .venv for {what}: once, a minute or less ...")
    if python_of(stamp("app")) != python_id() or not PYTHON.exists():
        shutil.rmtree(VENV, ignore_errors=True)
        make_venv()
    stamp_file(what).unlink(missing_ok=True)
    install(what)
    stamp_file(what).write_text(mark(what))
    if what == "dev":
        stamp_file("app").write_text(mark("app"))
    say(f"Ready after {time.monotonic() - started:.0f} s.")


def stamp_file(what: str) -> Path:
    return VENV / f"ready-{what}"


def stamp(what: str) -> str:
    try:
        return stamp_file(what).read_text()
    except OSError:
        return ""


def mark(what: str) -> str:
    """What a stamp says when .venv fits: which Python, and the sum of all the pins."""
    pins = hashlib.sha256()
    for file in PINS[what]:
        pins.update((ROOT / file).read_bytes())
    return f"{python_id()}\n{pins.hexdigest()}\n"


def python_id() -> str:
    return f"{sys.base_prefix} {sys.version.replace(chr(10), ' ')}"


def python_of(mark: str) -> str:
    return mark.partition("\n")[0]


def make_venv() -> None:
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", VENV], capture_output=True, text=True
    )
    if made.returncode:
        give_up(
            "This Python cannot make virtual environments. Mend it with:  "
            "sudo apt-get install -y python3-venv",
            made.stderr,
        )
    if run([PYTHON, "-m", "ensurepip", "--default-pip"]).returncode:
        # Debian without python3-venv: pip's own wheel can install itself.
        runpy.run_path(str(ROOT / ".ci" / "get_pip.py"))["get_pip"](PYTHON)


def install(what: str) -> None:
    command = [PYTHON, "-m", "pip", "install", "-qq", "--no-input"]
    command += ["--disable-pip-version-check", "--requirement", ROOT / PINS[what][-1]]
    if status := subprocess.run(command, env={**os.environ, "PIP_USER": "0"}).returncode:
        give_up(
            "pip could not install the requirements; its words are above. Nothing is set up; "
            "the next make starts anew.",
            status=status,
        )


# ----------------------------------------------------------------------------- a browser


def chrome() -> None:
    """See to a browser: found, or installed where we may, or a word that its tests will skip."""
    find = runpy.run_path(str(ROOT / "tests" / "chrome.py"))["find"]
    if find():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing Debian's Chromium for the browser tests ...")
        run(["apt-get", "update"])
        run(["apt-get", "install", "-y", "--no-install-recommends", "chromium", "fonts-noto-cjk"])
        if find():
            return
    hint = "No Chrome or Chromium: install one (sudo apt-get install chromium fonts-noto-cjk)"
    if os.environ.get("CI"):
        give_up(f"{hint}; CI does not skip the browser tests.")
    say(f"{hint} or set CHROME; the browser tests are skipped.")


# ------------------------------------------------------------------------------ plumbing


def run(command: list[str | Path]) -> subprocess.CompletedProcess[str]:
    """Run quietly; what it printed is shown only when it fails."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "PIP_USER": "0"}
    return subprocess.run(command, capture_output=True, text=True, env=quiet)


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def give_up(sentence: str, details: str = "", *, status: int = 1) -> None:
    say(f"{details.rstrip()}\n{sentence}".lstrip())
    raise SystemExit(status)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        give_up("Stopped; the next make starts anew.", status=130)
