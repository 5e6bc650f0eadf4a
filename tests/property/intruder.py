"""Somebody with the whole trail in hand, who knows everything but the house's secrets."""

import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backend.rules import seals
from backend.services import trail

# The trail they find: so many lines in batches of ten, every fourth batch signed, five lines open.
LINES, BATCH, SIGNED_EVERY, UNSEALED = 160, 10, 4, 5
SIGNED = LINES - LINES % (BATCH * SIGNED_EVERY)  # Every line up to here is under a checkpoint.


@dataclass
class Intruder:
    """Has the database and a seeded will. Each way returns the first line it spoilt."""

    base: sqlite3.Connection
    chance: random.Random

    def edits(self) -> int:
        """One value of one line, the mac itself perhaps."""
        line = self.line()
        column = self.chance.choice([*trail.COLUMNS, "mac"])
        (before,) = self.one(f"SELECT {column} FROM trail_line WHERE id = ?", line)
        after = b"\0" * 32 if column == "mac" else {int: 7, float: 1.5, str: "x"}.get(type(before))
        if after == before or after is None:
            after = "other"
        self.does(f"UPDATE trail_line SET {column} = ? WHERE id = ?", after, line)
        return line

    def edits_into_rubbish(self) -> int:
        """Text that is not even text: the database itself cannot read the line."""
        line = self.line()
        self.does("UPDATE trail_line SET facts = CAST(x'ff' AS TEXT) WHERE id = ?", line)
        return line

    def edits_what_is_not_sealed_yet(self) -> int:
        line = self.chance.randint(LINES + 1, LINES + UNSEALED)
        self.does("UPDATE trail_line SET account = 'an' WHERE id = ?", line)
        return line

    def deletes(self) -> int:
        first = self.line()
        last = min(LINES, first + self.chance.choice([0, 0, 1, 15]))
        self.does("DELETE FROM trail_line WHERE id BETWEEN ? AND ?", first, last)
        return first

    def swaps(self) -> int:
        """Two lines change places, each with its good mac."""
        first, second = sorted(self.chance.sample(range(1, LINES + 1), 2))
        for before, after in ((first, -1), (second, first), (-1, second)):
            self.does("UPDATE trail_line SET id = ? WHERE id = ?", after, before)
        return first

    def inserts(self) -> int:
        """A genuine line once more, the later ones moved up."""
        line = self.line()
        self.makes_room(line)
        self.copies(self.line_but(line, line + 1), line)
        return line

    def moves_up(self) -> int:
        """All lines from one on get the next number; none is changed, lost or out of order."""
        line = self.line()
        self.makes_room(line)
        return line

    def inserts_below(self) -> int:
        """A genuine line once more under a number nobody uses."""
        line = self.chance.choice([0, -1, -(2**62)])
        self.copies(self.line(), line)
        return line

    def truncates(self) -> int:
        """The end goes, as if it had never been: lines, batches, checkpoints."""
        line = self.chance.randint(1, SIGNED)
        self.does("DELETE FROM trail_line WHERE id >= ?", line)
        self.does("DELETE FROM trail_batch WHERE last_line >= ?", line)
        self.does("DELETE FROM trail_checkpoint WHERE last_line >= ?", line)
        return line

    def deletes_and_chains_anew(self) -> int:
        line = self.line_under_a_checkpoint()
        self.does("DELETE FROM trail_line WHERE id = ?", line)
        self.chains_anew()
        return line

    def swaps_and_chains_anew(self) -> int:
        first, second = sorted(self.chance.sample(range(1, SIGNED + 1), 2))
        for before, after in ((first, -1), (second, first), (-1, second)):
            self.does("UPDATE trail_line SET id = ? WHERE id = ?", after, before)
        self.chains_anew()
        return first

    def inserts_and_chains_anew(self) -> int:
        line = self.line_under_a_checkpoint()
        self.makes_room(line)
        self.copies(self.line_but(line, line + 1), line)
        self.chains_anew()
        return line

    def edits_and_chains_anew(self) -> int:
        """With a mac of their own making, since the key is not theirs."""
        line = self.line_under_a_checkpoint()
        values = list(
            self.one(f"SELECT {','.join(trail.COLUMNS)} FROM trail_line WHERE id = ?", line)
        )
        values[4] = "an"
        mac = seals.line_mac(b"guessed", values)
        self.does("UPDATE trail_line SET account = 'an', mac = ? WHERE id = ?", mac, line)
        self.chains_anew()
        return line

    def deletes_and_hides_it_in_the_batch(self) -> int:
        """The line's entry goes with it; the seal of that batch may be made anew, no other."""
        line = self.line()
        self.does("DELETE FROM trail_line WHERE id = ?", line)
        batch, packed, sealed = self.one(
            "SELECT id, entries, seal FROM trail_batch WHERE ? BETWEEN first_line AND last_line",
            line,
        )
        entries = [entry for entry in seals.unpack_entries(packed) if entry[0] != line]
        if batch > 1 and self.chance.random() < 0.5:
            (previous,) = self.one("SELECT seal FROM trail_batch WHERE id = ?", batch - 1)
            sealed = seals.batch_seal(previous, entries)
        self.does(
            "UPDATE trail_batch SET first_line = ?, last_line = ?, entries = ?, seal = ? "
            "WHERE id = ?",
            entries[0][0],
            entries[-1][0],
            seals.pack_entries(entries),
            sealed,
            batch,
        )
        return line

    def spoils_a_batch(self) -> int:
        batch = self.batch()
        column = self.chance.choice(["entries", "seal", "first_line", "last_line", "id"])
        after = {"first_line": 3_000, "last_line": 3_000, "id": 3_000}.get(column, b"\0" * 40)
        (line,) = self.one("SELECT first_line FROM trail_batch WHERE id = ?", batch)
        self.does(f"UPDATE trail_batch SET {column} = ? WHERE id = ?", after, batch)
        return line

    def takes_a_batch_away(self) -> int:
        batch = self.chance.randint(1, LINES // BATCH - 1)  # The last one leaves lines unsealed.
        (line,) = self.one("SELECT first_line FROM trail_batch WHERE id = ?", batch)
        self.does("DELETE FROM trail_batch WHERE id = ?", batch)
        return line

    def swaps_batches(self) -> int:
        first, second = sorted(self.chance.sample(range(1, LINES // BATCH + 1), 2))
        (line,) = self.one("SELECT first_line FROM trail_batch WHERE id = ?", first)
        for before, after in ((first, -1), (second, first), (-1, second)):
            self.does("UPDATE trail_batch SET id = ? WHERE id = ?", after, before)
        return line

    def spoils_a_checkpoint(self) -> int:
        rows = self.base.execute("SELECT id, last_line FROM trail_checkpoint").fetchall()
        number, line = self.chance.choice(rows)
        column = self.chance.choice(["batch_id", "last_line", "seal", "signed_at", "signature"])
        after: Any = b"\1" * 64 if column in ("seal", "signature") else 9_999
        self.does(f"UPDATE trail_checkpoint SET {column} = ? WHERE id = ?", after, number)
        return line

    # --- Their tools -------------------------------------------------------------------------

    def line(self) -> int:
        return self.chance.randint(1, LINES)

    def line_under_a_checkpoint(self) -> int:
        return self.chance.randint(1, SIGNED)

    def line_but(self, *others: int) -> int:
        return self.chance.choice([n for n in range(1, LINES + 1) if n not in others])

    def batch(self) -> int:
        return self.chance.randint(1, LINES // BATCH)

    def makes_room(self, line: int) -> None:
        self.does("UPDATE trail_line SET id = -id - 1 WHERE id >= ?", line)
        self.does("UPDATE trail_line SET id = -id WHERE id < 0")

    def copies(self, source: int, target: int) -> None:
        columns = ",".join([*trail.COLUMNS, "mac"])
        self.does(
            f"INSERT INTO trail_line (id, {columns}) SELECT ?, {columns} FROM trail_line "
            "WHERE id = ?",
            target,
            source,
        )

    def chains_anew(self) -> None:
        """All batches made again over the lines as they now are; the copies in the table, too."""
        batches = self.base.execute("SELECT id, last_line FROM trail_batch ORDER BY id").fetchall()
        above, previous = 0, seals.GENESIS
        for number, last in batches:
            entries = self.base.execute(
                "SELECT id, mac FROM trail_line WHERE id > ? AND id <= ? ORDER BY id", [above, last]
            ).fetchall()
            previous, above = seals.batch_seal(previous, entries), last
            self.does(
                "UPDATE trail_batch SET first_line = ?, last_line = ?, entries = ?, seal = ? "
                "WHERE id = ?",
                entries[0][0],
                entries[-1][0],
                seals.pack_entries(entries),
                previous,
                number,
            )
            self.does("UPDATE trail_checkpoint SET seal = ? WHERE batch_id = ?", previous, number)
        if self.chance.random() < 0.5:
            self.does("DELETE FROM trail_checkpoint")

    def one(self, sql: str, *values: Any) -> tuple[Any, ...]:
        row: tuple[Any, ...] = self.base.execute(sql, values).fetchone()
        return row

    def does(self, sql: str, *values: Any) -> None:
        self.base.execute(sql, values)


WAYS: list[Callable[[Intruder], int]] = [
    Intruder.edits,
    Intruder.edits_into_rubbish,
    Intruder.edits_what_is_not_sealed_yet,
    Intruder.deletes,
    Intruder.swaps,
    Intruder.inserts,
    Intruder.moves_up,
    Intruder.inserts_below,
    Intruder.truncates,
    Intruder.deletes_and_chains_anew,
    Intruder.swaps_and_chains_anew,
    Intruder.inserts_and_chains_anew,
    Intruder.edits_and_chains_anew,
    Intruder.deletes_and_hides_it_in_the_batch,
    Intruder.spoils_a_batch,
    Intruder.takes_a_batch_away,
    Intruder.swaps_batches,
    Intruder.spoils_a_checkpoint,
]
