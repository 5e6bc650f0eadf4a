"""The search keys of addresses: what an address is found under."""

from collections.abc import Iterable

from backend.models import Address, AddressKey, keys
from backend.rules import addresses

LONGEST = 120


def search_keys(text: str) -> list[str]:
    """The beginnings under which an address is found, as they are stored."""
    return [key[:LONGEST] for key in addresses.search_keys(text)]


def add(address_id: int, text: str) -> None:
    AddressKey.insert_many(
        [(key, address_id) for key in search_keys(text)],
        fields=[AddressKey.key, AddressKey.address_id],
    ).execute()


def remove(address_ids: Iterable[int]) -> None:
    AddressKey.delete().where(AddressKey.address_id.in_(list(address_ids))).execute()


def rename_standard(building_id: int, text: str) -> None:
    """Give a building another standard address."""
    standing = Address.get(
        Address.id.between(keys.first(building_id), keys.last(building_id))
        & (Address.kind == "standard")
    )
    standing.text = text
    standing.save()
    remove([standing.id])
    add(standing.id, text)
