"""What others wrote lies here as they wrote it."""

import re
from hashlib import sha256
from pathlib import Path

LEAFLET = Path(__file__).parents[2] / "mobile_api" / "static" / "vendor" / "leaflet"


def test_leaflet_is_what_its_table_says() -> None:
    table = (LEAFLET / "README.md").read_text(encoding="utf-8")
    known = dict(re.findall(r"^\| `(\S+)` \| `([0-9a-f]{64})` \|$", table, re.MULTILINE))
    files = [one for one in LEAFLET.rglob("*") if one.is_file() and one.name != "README.md"]
    found = {str(one.relative_to(LEAFLET)): sha256(one.read_bytes()).hexdigest() for one in files}
    assert found == known
