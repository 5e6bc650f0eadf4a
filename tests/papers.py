"""The papers under docs/ that are made from the code, and the command that renews them.

    python -m tests.papers

writes docs/openapi.json, SETTINGS.md, PROBLEMS.md, CASES.md and FIGURES.md anew, and derives the
catalogue of traditional Chinese. They are kept in the repository so that a change of the
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
from backend.rules.figures import table as figures
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
        for move in (*workflow.MOVES.values(), *workflow.REPORTERS.values())
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
    [*] --> filed: part
{arrows}
```

`receive` is a report coming in; one about a thing of the register through a trusted channel is
filed at once. `reopen` and `appeal` are the reporter's, once each and within 15 days. `part` is one
of the cases that another was split into: that one is `handling` meanwhile, without a clock of
its own, and closes with the last of them.

Several units handle one case by tasks: `join-in` asks another unit to assist the one that leads,
which feeds back once all have reported their part as done. The second `return` of a round goes
to the desk above, and what that decides is not returned. Who has not accepted in time has the
case: the head of the unit by name, or, where there is none, the desk is told (`unanswered`).

| state | 中文 |
|---|---|
{states}

| move | what it does | from | to | needs | who |
|---|---|---|---|---|---|
{moves}
"""


def figures_page() -> str:
    """Every figure with its formula and the instant that decides its period."""
    measures, stages = figures.MEASURES, figures.STAGES
    counts = [
        f"| `{one.name}` | {one.zh} | {one.en} | {INSTANTS[one.at]} |" for one in measures.values()
    ]
    shares = [
        f"| `{one.name}` | {one.zh} | {one.en} | {measures[one.part].zh} `{one.part}` "
        f"/ {measures[one.whole].zh} `{one.whole}` | {INSTANTS[measures[one.whole].at]} |"
        for one in figures.FIGURES.values()
    ]
    parts = [
        f"| `{one.name}` | {one.zh} | {one.en} | {INSTANTS[one.start]} – {INSTANTS[one.end]} |"
        for one in stages.values()
    ]
    return FIGURES.format(
        counts="\n".join(counts), shares="\n".join(shares), parts="\n".join(parts)
    )


INSTANTS = {
    "opened_at": "report",
    "dispatched_at": "first dispatch",
    "accepted_at": "first acceptance",
    "handled_at": "last feedback",
    "closed_at": "closing",
    "due_at": "deadline",
    "answered_at": "answer",
    "voided_at": "striking out",
}
FIGURES = """# Figures

One table in `backend/rules/figures/table.py` computes them and makes this page. Each is a share of
two counts, and both are shown; with nothing to divide by it is "–", never 0 %. A count belongs to
the period in which its instant lies, on the clocks in China; of the present day counts what has
happened so far. Reopened cases count once more from the reopening on (a *round*), except among
what was received. Cases that were struck out are in no figure but their own count.

| figure | 中文 | English | counted / of | in the period of the |
|---|---|---|---|---|
{shares}

- **应结案 (`owed`)**: the case's deadline, as it stands on the case with every pause and extension,
  falls in the period. 缓办 (`deferred`): it does, but the case is shelved at present; those are
  left out, so 按期结案率 = 按期结案数 / (应结案数 - 缓办数). While nobody's clock runs (the case is
  shelved, or waits for its check) a deadline moves on: figures of a month are final once its cases
  are closed.
- **按期 (`kept`)**: closed no later than that deadline. The time of the check is nobody's: the
  clock stood still, and the deadline has moved by as much.
- **分拨及时 (`prompt`)**: within `dispatch_min` of `fixtures/policy/cases.toml`, from the report,
  or from the appeal or the reopening that put the case before the desk again.
- **签收及时**: taken by a person, within `accept_min` of the last dispatch. What was put into the
  hands of the unit's head by time alone is not.
- **并案率 counts reports**: those that joined an open case, and cases put with another, of all
  reports. Every other figure counts cases, and its numbers lead to lists that are as long.
- **首次反馈及时, 响应**: of closed cases whose reporters left a phone.
- **解决, 满意**: the last judgement of a round; satisfied are four or five stars.
- **A unit** answers for the cases it has at present (or had when the round ended); what was sent
  back counts where the case ended, not where it had been sent by mistake.
- **超期未结** is no share: the board counts it at this moment, with the oldest one's age, from the
  cases themselves.

## Counts

| count | 中文 | English | in the period of the |
|---|---|---|---|
{counts}

## How long it takes

Median and p90 by nearest rank, by the clock on the wall, counted in the period of the later
instant. Durations are kept in buckets that grow by a twentieth, so that sums can be added; a
median is within 2.5 % of the exact one.

| stage | 中文 | English | from – to |
|---|---|---|---|
{parts}

## Whether they are right

`python -m backend figures check` makes every fact and every sum anew from the steps and compares
it with what is kept, to the last number; `figures rebuild` starts over.
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
    "FIGURES.md": figures_page,
}


def renew() -> None:
    """Write them all."""
    for name, made in PAPERS.items():
        (DOCS / name).write_text(made(), encoding="utf-8")
    traditional.renew()


if __name__ == "__main__":
    renew()
