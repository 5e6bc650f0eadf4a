"""The tables that the migrations make are those that the models describe."""

from backend.house import House
from backend.services import migrations


def test_migrations_and_models_agree(opened: House) -> None:
    assert migrations.drift() == ""
    assert migrations.pending() == []
