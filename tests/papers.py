"""The papers under docs/ that are made from the code, and the command that renews them.

    python -m tests.papers

writes docs/openapi.json, docs/SETTINGS.md, docs/PROBLEMS.md and docs/CASES.md anew, and derives
the catalogue of traditional Chinese. They are kept in the repository so that a change of the
contract is seen, and agreed to, by whoever reviews it; `tests/house/test_papers.py` fails as long
as a paper says something else than the code.
"""

import re
import tempfile
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import orjson
from werkzeug.http import HTTP_STATUS_CODES

from backend.config import Settings
from backend.errors import Refused, all_codes
from backend.policy import Policy, read_policy
from backend.rules import workflow
from mobile_api import create_app, problems
from tests import town, traditional

DOCS = Path(__file__).parent.parent / "docs"


def openapi() -> str:
    """The API's document, members sorted, so that a difference is one of meaning."""
    with tempfile.TemporaryDirectory() as place:
        client = create_app(town.settings(f"sqlite:///{place}/empty.db")).test_client()
        document = orjson.loads(client.get(f"{town.API}/openapi.json").data)
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode() + "\n"


def settings() -> str:
    """Every setting with its default and meaning."""
    rows = [
        f"| `{known.name}` | {KINDS[type(known.default)]} | {_default(known.default)} "
        f"| {_cell(known.metadata['meaning'])} |"
        for known in fields(Settings)
    ]
    return SETTINGS + "\n".join(rows) + "\n"


SETTINGS = """# Settings

All settings are environment variables, read once at start. The demo (`DEMO=1`, or `make run`
without a `SECRET_KEY`) needs none of them; anything else refuses to start until the four secrets
are there. A value that cannot be used stops the start and names itself; `python -m backend doctor`
looks at all of them.

Yes is `1`, `true` or `yes`, no is `0`, `false` or `no`. An empty value counts as absent.

| setting | kind | default | meaning |
|---|---|---|---|
"""


KINDS = {bool: "yes or no", str: "text", int: "whole number", float: "number"}


def _default(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"`{value}`" if value != "" else ""


def problems_page() -> str:
    """Every refusal by its HTTP status, then the errors of HTTP itself."""
    by_status: dict[int, list[type[Refused]]] = {}
    for code, kind in sorted(all_codes().items()):
        if code != Refused.code:
            by_status.setdefault(problems.status_of(kind), []).append(kind)
    parts = [PROBLEMS]
    for status, kinds in sorted(by_status.items()):
        rows = [f"| `{kind.code}` | {_sentence(kind)} | {_facts(kind)} |" for kind in kinds]
        parts.append(f"## {_heading(status)}\n\n| code | says | facts |\n|---|---|---|\n")
        parts.append("\n".join(rows) + "\n\n")
    rows = [
        f"| `{code}` | {status} | {problems.SENTENCES.get(status, HTTP_STATUS_CODES[status])} |"
        for status, code in sorted(problems.CODES.items())
    ]
    parts.append(HTTP_ITSELF + "\n".join(rows) + "\n")
    return "".join(parts)


PROBLEMS = """# Problems

Whatever is not answered as asked is answered with `application/problem+json` ([RFC 9457][rfc]):

```json
{"type": "/problems/too-far", "title": "too far", "status": 403, "code": "too-far",
 "detail": "You are 412 m from this building ...", "metres": 412, "request_id": "9f2c..."}
```

Programs go by `code`; it never changes its meaning. `detail` is for the person, in the language of
`Accept-Language`. Facts (`metres` above) are members of their own. `errors` maps a field of what
was sent to sentences about it. `/problems/CODE` on any server says the same as this page.

`401` carries `WWW-Authenticate`, `405` carries `Allow`; `429` and `503` carry `Retry-After`, in
seconds.

[rfc]: https://www.rfc-editor.org/rfc/rfc9457

"""

HTTP_ITSELF = """## Errors of HTTP itself

| code | status | says |
|---|---|---|
"""


def _heading(status: int) -> str:
    return f"{status} {HTTP_STATUS_CODES[status]}"


def _sentence(kind: type[Refused]) -> str:
    return _cell(re.sub(r"%\((\w+)\)[ds]", r"‹\1›", kind.sentence))


def _facts(kind: type[Refused]) -> str:
    return ", ".join(f"`{name}`" for name in re.findall(r"%\((\w+)\)", kind.sentence))


def cases() -> str:
    """The life of a case: a diagram, and who does what when."""
    policy = read_policy()
    arrows = [
        f"    {source} --> {move.to}: {move.action}"
        for move in workflow.MOVES.values()
        for source in sorted(move.sources)
        if move.to not in (None, source) and move.action not in FROM_ANYWHERE
    ]
    states = [f"| `{state}` | {chinese} |" for state, chinese in workflow.STATES.items()]
    moves = [
        f"| `{move.action}` | {move.story} | {_sources(move)} | {_to(move)} "
        f"| {', '.join(sorted(move.needs))} | {_roles(policy, move.action)} |"
        for move in workflow.MOVES.values()
    ]
    return CASES.format(arrows="\n".join(arrows), states="\n".join(states), moves="\n".join(moves))


FROM_ANYWHERE = ("void",)
CASES = """# The life of a case

One table in `backend/rules/workflow.py` says what follows; the API, the buttons of the desk and
this page are made from it.

```mermaid
stateDiagram-v2
    [*] --> received: receive
    closed --> filed: reopen
{arrows}
```

`receive` is a report coming in; one about a thing of the register through a trusted channel is
filed at once. `reopen` is the reporter's, once and within 15 days.

| state | 中文 |
|---|---|
{states}

| move | what it does | from | to | needs | who |
|---|---|---|---|---|---|
{moves}
"""


def _sources(move: workflow.Move) -> str:
    if move.sources == workflow.STATES.keys():
        return "any"
    if move.sources == workflow.OPEN:
        return "any that is open"
    return ", ".join(state for state in workflow.STATES if state in move.sources)


def _to(move: workflow.Move) -> str:
    return move.to or "stays"


def _roles(policy: Policy, action: str) -> str:
    return ", ".join(role for role in policy.verbs if f"case.{action}" in policy.verbs[role])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


PAPERS: dict[str, Callable[[], str]] = {
    "openapi.json": openapi,
    "SETTINGS.md": settings,
    "PROBLEMS.md": problems_page,
    "CASES.md": cases,
}


def renew() -> None:
    """Write them all."""
    for name, made in PAPERS.items():
        (DOCS / name).write_text(made(), encoding="utf-8")
    traditional.renew()


if __name__ == "__main__":
    renew()
