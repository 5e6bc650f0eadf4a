"""Verbs: one module a noun; the only hands that touch tables."""
