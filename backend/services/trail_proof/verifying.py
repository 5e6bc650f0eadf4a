"""The check: every line against its mac, every batch against the chain, the chain against its
signatures; from the first line on, until the first that is not as it was written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, zip_longest

from backend.house import house
from backend.rules import seals
from backend.services.trail_proof import checkpoints, reading
from backend.services.trail_proof.checkpoints import Checkpoint
from backend.services.trail_proof.reading import Row

Entry = tuple[int, bytes]


@dataclass(frozen=True)
class Report:
    """What was gone through, up to the first fault: `unsealed` is how many of the lines no
    batch holds yet.

    `first_bad` says in words what is wrong first, None if nothing is; it lies among
    `bad_lines`, first and last number, as close as the proof can tell.
    """

    lines: int
    batches: int
    checkpoints: int
    unsealed: int
    first_bad: str | None
    bad_lines: tuple[int, int] | None = None


class Bad(Exception):
    """The first fault in words, and the lines among which it lies."""

    def __init__(self, words: str, first: int, last: int) -> None:
        super().__init__(words)
        self.words, self.lines = words, (first, max(first, last))


def verify() -> Report:
    """Go through the whole trail. Lines that come while it runs are left for the next time."""
    walk = _Walk()
    fault: Bad | None = None
    try:
        walk.go()
    except Bad as bad:
        fault = bad
    return Report(
        walk.lines,
        walk.batches,
        walk.checkpoints,
        walk.unsealed,
        first_bad=fault.words if fault else None,
        bad_lines=fault.lines if fault else None,
    )


class _Walk:
    """One passage through the trail."""

    def __init__(self) -> None:
        self.lines = self.batches = self.checkpoints = self.unsealed = 0
        self.keys = list(house().trail_keys)  # The one that fitted last stands first.
        self.public_keys = checkpoints.public_keys()
        self.batch, self.seal, self.last_line = 0, seals.GENESIS, reading.LOWEST
        self.witnessed = 0  # The last line under a checkpoint that holds,
        self.gap: int | None = None  # and the first number that nobody has after it.
        # Checkpoints are read before the end of the trail is: nothing they know comes later.
        self.copies = checkpoints.in_table()
        self.witness = checkpoints.in_file()
        self.until_batch = reading.last_batch()
        self.until = reading.last_line()

    def go(self) -> None:
        known = self._by_batch()
        for group in reading.groups(self.until_batch):
            rows = iter(reading.lines(self.last_line, self.until, sum(map(reading.size, group))))
            for batch in group:
                self._pass_batch(batch, rows)
                self._pass_checkpoints(known.pop(self.batch, {}))
        for number in sorted(known):
            for checkpoint, where in known[number].items():
                self._pass_checkpoint_beyond(checkpoint, where)
        self._compare_copies()
        self._pass_unsealed()

    def _by_batch(self) -> dict[int, dict[Checkpoint, str]]:
        """Batch -> its checkpoints, each once, with where it stands."""
        known: dict[int, dict[Checkpoint, str]] = {}
        for where, found in (("file", self.witness), ("table", self.copies)):
            for checkpoint in found:
                known.setdefault(checkpoint.batch, {}).setdefault(checkpoint, where)
        return known

    def _pass_batch(self, batch: Row, rows: Iterator[Row]) -> None:
        """Check one batch and its lines, the next of `rows`."""
        entries = self._entries(batch)
        here = list(islice(rows, len(entries)))
        if not self._are_as_written(entries, here):
            for entry, row in zip_longest(entries, here):
                self._compare(entry, row)
        self.batch, self.seal, self.last_line = batch[0], batch[4], entries[-1][0]
        self.batches += 1
        self.lines += len(entries)

    def _entries(self, batch: Row) -> list[Entry]:
        """What the batch says of its lines, once it is known to follow the one before."""
        number, first_line, last_line, packed, sealed = batch
        first = max(self.last_line, 0) + 1
        if number > self.batch + 1:
            raise Bad(f"batch {self.batch + 1} is missing", first, _int(first_line) - 1)
        try:
            entries = seals.unpack_entries(bytes(packed))
            is_chained = sealed == seals.batch_seal(self.seal, entries)
        except (TypeError, ValueError):
            entries, is_chained = [], False
        numbers = [line for line, _ in entries]
        last = first + reading.size(batch) - 1
        if not numbers or (first_line, last_line) != (numbers[0], numbers[-1]):
            raise Bad(f"batch {number} was changed", first, last)
        self._note_gap(numbers)
        if not is_chained:
            # It, or one before it whose seal was made anew: a checkpoint alone could tell.
            words = f"batch {number} does not follow batch {self.batch}"
            last = numbers[-1] if numbers[0] == first else last
            raise Bad(words + self._gap_in_words(), self.witnessed + 1, last)
        return entries

    def _are_as_written(self, entries: Sequence[Entry], rows: Sequence[Row]) -> bool:
        """The quick look: nearly always everything is as it should be."""
        if len(entries) != len(rows):
            return False
        return all(
            line == row[0] and mac == row[-1] and self._is_mac(mac, row)
            for (line, mac), row in zip(entries, rows, strict=True)
        )

    def _is_mac(self, mac: bytes, row: Row) -> bool:
        """Whether one of our keys makes this mac of the line; it is tried first on the next."""
        for key in self.keys:
            if _mac(key, row) == mac:
                if key is not self.keys[0]:
                    self.keys.sort(key=lambda other: other is not key)
                return True
        return False

    def _compare(self, entry: Entry | None, row: Row | None) -> None:
        """The close look at what a batch says and what stands in its place."""
        if entry is None:
            return
        line, mac = entry
        if row is None or row[0] > line:
            raise Bad(f"line {line} is missing", line, line)
        if row[0] < line:
            raise Bad(f"line {row[0]} was inserted", row[0], row[0])
        if mac == row[-1] and self._is_mac(mac, row):
            return
        if self._is_mac(row[-1], row):
            raise Bad(f"line {line} holds what was written as another line", line, line)
        raise Bad(f"line {line} was changed", line, line)

    def _note_gap(self, numbers: Sequence[int]) -> None:
        numbers = [max(self.last_line, 0), *numbers]
        if self.gap is None and numbers[-1] - numbers[0] >= len(numbers):
            self.gap = next(line + 1 for line, after in pairwise(numbers) if after > line + 1)

    def _gap_in_words(self) -> str:
        """A hint, not a proof: PostgreSQL leaves gaps where a transaction was undone."""
        return "" if self.gap is None else f"; line {self.gap} is the first that is not there"

    def _pass_checkpoints(self, found: dict[Checkpoint, str]) -> None:
        """Check the checkpoints of the batch that was just passed."""
        for checkpoint, where in found.items():
            self._check_signature(checkpoint, where, self.witnessed + 1, self.last_line)
            if (checkpoint.seal, checkpoint.last_line) != (self.seal.hex(), self.last_line):
                first, last = self.witnessed + 1, max(checkpoint.last_line, self.last_line)
                words = f"lines {first}-{last} were sealed anew after a checkpoint in the {where}"
                raise Bad(words + self._gap_in_words(), first, last)
            self.checkpoints += 1
        if found:
            self.witnessed, self.gap = self.last_line, None

    def _pass_checkpoint_beyond(self, checkpoint: Checkpoint, where: str) -> None:
        """A checkpoint of a batch that is not there: the trail was longer once."""
        self._check_signature(checkpoint, where, checkpoint.last_line, checkpoint.last_line)
        first = max(self.last_line, 0) + 1
        words = f"lines {first}-{checkpoint.last_line} are missing at the end"
        raise Bad(f"{words}: the {where} has a checkpoint of them", first, checkpoint.last_line)

    def _check_signature(self, checkpoint: Checkpoint, where: str, first: int, last: int) -> None:
        if not checkpoint.is_signed(self.public_keys):
            words = f"a checkpoint of batch {checkpoint.batch} in the {where}"
            raise Bad(f"{words} is not signed by this house", first, last)

    def _compare_copies(self) -> None:
        witness = set(self.witness)
        for copy in self.copies:
            if copy not in witness:
                words = f"the checkpoint of batch {copy.batch} is missing in the file"
                raise Bad(f"{words} {checkpoints.path()}", copy.last_line, copy.last_line)

    def _pass_unsealed(self) -> None:
        """Nothing holds these together yet; each must still be as it was written."""
        while rows := reading.lines(self.last_line, self.until, reading.AT_ONCE):
            for row in rows:
                if not self._is_mac(row[-1], row):
                    raise Bad(f"line {row[0]} was changed", row[0], row[0])
            self.last_line = rows[-1][0]
            self.lines += len(rows)
            self.unsealed += len(rows)


def _mac(key: bytes, row: Row) -> bytes | None:
    """The mac this line should have; None for values that were never written like that."""
    try:
        return seals.line_mac(key, row[1:-1])
    except (TypeError, ValueError):
        return None


def _int(value: object) -> int:
    """SQLite keeps text in a column of numbers, if somebody puts it there."""
    return value if isinstance(value, int) else 0
