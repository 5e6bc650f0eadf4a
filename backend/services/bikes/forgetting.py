"""What the law makes us keep of a bike is kept so long, and then it goes (`law_keeps_days`).

The bike's own row stays: it names nobody, and its codes must lead nowhere for ever.
"""

from datetime import timedelta

from backend import clock
from backend.db import writing
from backend.house import house
from backend.models import Bike, BikeStep, LookUp, Ownership, Sighting, Transfer
from backend.rules import bikes as life
from backend.services.bikes import owners

AT_ONCE = 500
OF_A_BIKE = (BikeStep, LookUp, Sighting, Transfer)


def forget() -> int:
    """For the keeper: past owners, and all that happened to bikes whose life is over."""
    before = clock.now() - timedelta(days=house().policy.bikes.law_keeps_days)
    past = Ownership.until < before
    done = 0
    for row in Ownership.select().where(past & Ownership.forgotten_at.is_null()).limit(AT_ONCE):
        with writing():
            owners.wipe(row)
        done += 1
    is_over = Bike.state.not_in(sorted(life.LIVE)) & (Bike.updated_at < before) & (Bike.frame != "")
    for bike in Bike.select().where(is_over).limit(AT_ONCE):
        _forget(bike)
        done += 1
    return done


def _forget(bike: Bike) -> None:
    with writing():
        for row in Ownership.select().where(Ownership.bike_id == bike.id):
            owners.end(row, forget=True)  # Rejected ones are somebody's to the end.
        for table in OF_A_BIKE:
            table.delete().where(table.bike_id == bike.id).execute()
        Bike.update(frame="").where(Bike.id == bike.id).execute()
