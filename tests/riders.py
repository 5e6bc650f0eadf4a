"""People with e-bikes: invented, each with a phone that was proved."""

import itertools
from typing import Any

from backend.db import to_ms
from backend.house import house
from backend.models import Bike, PhoneCode
from backend.services import bikes, phones, tags

_serials = itertools.count(5_000)


def id_number(serial: int, year: int = 1990) -> str:
    """An invented person's: the county was never issued."""
    stem = f"440399{year}{1 + serial // 1000 % 12:02d}07{serial % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(weight * int(digit) for weight, digit in zip(weights, stem, strict=True))
    return stem + "10X98765432"[total % 11]


def sent_code() -> str:
    """The code that was sent last."""
    row = PhoneCode.select().order_by(PhoneCode.id.desc()).first()
    return str(house().vault.open(f"phone-code:{row.id}".encode(), bytes(row.sealed))[1])


def proof_of(phone: str) -> str:
    """As if the phone's holder had typed the code that was sent there."""
    return phones.proof_for(phone)


def form(serial: int = 1, **changes: Any) -> dict[str, Any]:
    """Everything that a registration needs; another serial is another person and bike."""
    phone = changes.pop("phone", f"138{serial:08d}")
    return {
        "name": "何小燕",
        "id_number": id_number(serial),
        "phone": phone,
        "proof": proof_of(phone),
        "area": "440304004028",
        "brand": "雅迪",
        "colour": "blue",
        "frame": f"12342230000{serial:04d}",
        **changes,
    }


def ridden(area: str, *, state: str = "registered") -> dict[str, Any]:
    """A bike of this area in this state, whatever the rules say of its area."""
    serial = next(_serials)
    made = bikes.register(form(serial, area=area))
    row = Bike.select().order_by(Bike.id.desc()).first()
    code = made["code"] or tags.mint_bound("ebike", row.id)
    changes = {"state": state, "code": code, "frame_key": row.frame, "registered_at": row.asked_at}
    if state == "stolen":
        changes["stolen_at"] = to_ms(row.asked_at)
    Bike.update(changes).where(Bike.id == row.id).execute()
    return {"token": made["token"], "code": code, "id": row.id, "phone": f"138{serial:08d}"}
