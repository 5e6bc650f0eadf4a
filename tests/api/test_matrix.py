"""Every operation, every role, every kind of visit, one's own area and another: who gets what.

What is expected stands in matrix/expected.txt, to be read by whoever answers for the policy.
After a wanted change write it anew with `python -m tests.api.matrix` and review the difference.
"""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.api.matrix.report import Operation, block, operations, sections
from tests.api.matrix.requests import SAMPLES
from tests.api.matrix.world import World

pytestmark = pytest.mark.wide

SECTIONS = sections()


@pytest.fixture(scope="module")
def known(app: Flask) -> dict[str, Operation]:
    return operations(app)


def test_every_operation_is_listed_and_can_be_asked(known: dict[str, Operation]) -> None:
    assert known.keys() == SECTIONS.keys(), "an operation without a section, or the other way round"
    assert known.keys() == SAMPLES.keys(), "an operation without a sample request"


@pytest.mark.parametrize("operation", SECTIONS)
def test_matrix(world: World, known: dict[str, Operation], operation: str) -> None:
    assert block(world, operation, known[operation]) == SECTIONS[operation]


# --- What must hold of the expectations themselves ----------------------------------------


def cells() -> Iterator[tuple[str, str, str, str]]:
    """Operation, heading, the fields of an answer, who gets it."""
    for operation, section in SECTIONS.items():
        shapes, heading = {}, ""
        for line in section.splitlines()[1:]:
            if line.startswith("  "):
                outcome, _, people = line.strip().partition("  ")
                yield operation, heading, shapes.get(outcome.split()[-1], ""), people.strip()
            elif line[1:3] == ": ":
                shapes[line[0]] = line[3:]
            else:
                heading = line


PERSONAL = ("name+", "name~", "phone+", "phone~", "id_number+", "id_number~", "event_text+")


def test_people_firms_and_events_are_expected_in_live_visits_in_one_s_own_area_alone() -> None:
    open_at = {heading for _, heading, shape, _ in cells() if any(f in shape for f in PERSONAL)}
    assert open_at == {"own: live"}


def test_who_works_without_people_is_expected_to_see_none() -> None:
    seeing = {who for _, _, shape, people in cells() if "name~" in shape or "name+" in shape
              for who in people.split()}  # fmt: skip
    assert seeing == {
        "collector", "safety_officer", "building_head", "police_officer", "supervisor",
    }  # fmt: skip


def test_who_is_not_signed_in_is_expected_nowhere_but_at_the_door() -> None:
    served = {operation for operation, _, _, people in cells() if "nobody" in people.split()}
    refused = {operation for operation, section in SECTIONS.items()
               if "401 not-signed-in" in section}  # fmt: skip
    assert served - refused == {
        "signIn", "renewSession", "openapi", "docs", "healthz", "readyz", "metrics",
        "listFacilityKinds",
        "scanTag", "scanPhoto", "reportTag",
        "listProblems", "giveReportTicket", "keepReportPhoto", "fileReport", "followReport",
        "rateReport", "appealReport", "sendPhotoOfReport", "showCase",
        "sendPhoneCode", "provePhone", "registerBike", "listMyBikes", "showMyBike",
        "withdrawMyBike", "actOnMyBike", "offerMyBike", "takeBackMyBike", "showBikeOffer",
        "acceptBikeOffer", "refuseBikeOffer",
        "noteBikeSighting", "listBikeStatistics", "downloadBikeStatistics",
        "showSmartId", "verifyOwnersNotice",
    }  # fmt: skip
