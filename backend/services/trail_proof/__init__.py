"""The proof that nobody changed the trail: sealed batches, signed checkpoints, and the check.

    line -> mac          made when the line is written (`services.trail`), under a secret key
    batch -> seal        every SEAL_EVERY_S; chained to the batch before
    checkpoint           every CHECKPOINT_EVERY_S; signed, kept in a file outside the database

docs/decisions/0004-trail-in-sealed-batches.md says why, and how long each window stays open.
"""

from backend.services.trail_proof.checkpoints import checkpoint
from backend.services.trail_proof.sealing import all_smaller_numbers_are_in, seal
from backend.services.trail_proof.verifying import Report, verify

__all__ = ["Report", "all_smaller_numbers_are_in", "checkpoint", "seal", "verify"]
