"""Figures of the cases: what happened in each round, what counts when, and the shares made of it.

`facts` reads a case's steps, `table` names every figure once (the board, its files and
docs/FIGURES.md are made from it), `periods` says what a month is, `histograms` keeps durations.
"""
