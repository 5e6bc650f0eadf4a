"""How many, in buckets: the same numbers on site and off, whoever may see the people."""

from collections.abc import Callable

from tests.town import House, Worker, people_of


def test_a_handler_at_the_door_is_told_how_many_but_not_who(
    worker: Callable[[str], Worker], house: House
) -> None:
    """A handler sees what happened here, and no people: the counts must not say that nobody is."""
    wu = worker("wu")
    masked = wu.looks(house).json
    wu.scans(house)
    open_sheet = wu.looks(house).json
    assert (masked["visible"], open_sheet["visible"]) == ("masked", "open")
    assert people_of(open_sheet) == []
    assert open_sheet["businesses"] == []
    assert open_sheet["events"] != []
    assert open_sheet["counts"] == masked["counts"]
    assert [room["occupants"] for room in open_sheet["rooms"]] == [
        room["occupants"] for room in masked["rooms"]
    ]
