"""Words: texts that somebody has sorted, and what was learnt from them and from closed cases."""

from peewee import AutoField, BigIntegerField, BlobField, CharField, FloatField, TextField

from backend.db import InstantField, Table


class Lesson(Table):
    """A text from a file with what it is about: a problem, or the unit that handles such things."""

    id = BigIntegerField(primary_key=True)
    text_index = BlobField(unique=True)  # The same text again is the same lesson.
    sealed = BlobField()  # text
    label = CharField(60)  # See backend.services.words.
    at = InstantField(index=True)


class LearntWords(Table):
    """What texts have taught. The latest is read; the one before goes when it is there."""

    id = AutoField()
    at = InstantField()
    figures = TextField()  # JSON: of how many texts, how often it was right on those held back.
    auto_from = FloatField()
    sealed = BlobField()  # The weights, as backend.services.words packs them.
