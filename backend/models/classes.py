"""Class dictionaries: what kinds of people, legal persons, houses and events there are."""

from peewee import CharField, CompositeKey, TextField

from backend.db import Table


class ClassCode(Table):
    """A class in a scheme. Codes change meaning between schemes, so a code never stands alone."""

    scheme = CharField(40)
    code = CharField(20)
    parent = CharField(20, null=True)
    name = TextField()
    subject = CharField(20)  # people, legal_person, house, event

    class Meta:
        primary_key = CompositeKey("scheme", "code")
