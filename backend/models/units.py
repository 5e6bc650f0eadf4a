"""Units: the offices and firms that own things and put them right."""

from peewee import CharField, TextField

from backend.db import Table


class Unit(Table):
    """An office or firm with a duty phone. Its people are accounts; here stands none of them."""

    code = CharField(20, primary_key=True)
    name = TextField()
    level = CharField(12)  # district, street, community, grid
    area_path = CharField(80, index=True)
    duty_phone = CharField(20, null=True)
    email = TextField(null=True)
