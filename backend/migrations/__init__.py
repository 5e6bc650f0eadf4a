"""What was changed about the tables, in order; each file is a frozen copy of its day.

Applied by `python -m backend migrate` (see `backend.services.migrations`); recorded in the
table `schema_migration`, so peewee's own `pwmigrate` reads the same files.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
