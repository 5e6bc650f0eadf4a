"""Decisions: pure functions that are given everything they judge, the time included."""
