"""What a newcomer is told to try in the demo town."""

import csv
import tomllib
from pathlib import Path

from backend.services import clients

TOWN = Path(__file__).parent.parent / "fixtures" / "town"
PASSWORD = "shuiwei"  # noqa: S105 - the demo's word, loaded in DEMO mode alone.


def cast() -> list[dict[str, str]]:
    """The people one can be: account, full name, roles."""
    with (TOWN / "cast.toml").open("rb") as file:
        accounts = tomllib.load(file)["accounts"]
    return [
        {
            "account": one["account"],
            "full_name": one["full_name"],
            "roles": ", ".join(dict.fromkeys(role["role"] for role in one.get("roles", ()))) or "-",
        }
        for one in accounts
    ]


def first_tags(most: int = 3) -> list[str]:
    """Plates of the first buildings; the first belongs to the showcase."""
    with (TOWN / "tags.csv").open(encoding="utf-8", newline="") as file:
        plates = (row["tag"] for row in csv.DictReader(file) if row["kind"] == "building")
        return [tag for tag, _ in zip(plates, range(most), strict=False)]


def lamp_tag() -> str:
    """The tag of the street light at the showcase."""
    with (TOWN / "facility_tags.csv").open(encoding="utf-8", newline="") as file:
        return next(csv.DictReader(file))["tag"]


NAMED = ("lin", "an", "chen", "zhao", "fen", "tao", "mei", "du", "shen", "han")


def what_to_try(url: str) -> str:
    """A few lines for the terminal."""
    people = {one["account"]: one for one in cast()}
    lines = [f"\nDemo accounts, all with the password {PASSWORD!r}:"]
    lines += [
        f"  {name:<5} {people[name]['full_name']:<4} {people[name]['roles']}"
        for name in NAMED
        if name in people
    ]
    lines.append("\nOpen a building's tag as a phone's camera would (sign in as lin):")
    lines.append(f"  {url}/{first_tags(1)[0]}")
    lines.append("\nOr a street light's, as anybody in the street:")
    lines.append(f"  {url}/{lamp_tag()}")
    lines.append("\nOr by Open311, as another city's program (docs/OPEN311.md has more):")
    lines.append(
        f"  curl -s {url}/open311/v2/requests.json -d api_key={clients.DEMO_KEY} \\\n"
        "    -d service_code=streetlight.dark -d 'attribute[asset]=SW-L001'"
    )
    lines.append("\nOr let `make walk`, in another terminal, play the scene line by line.\n")
    return "\n".join(lines)
