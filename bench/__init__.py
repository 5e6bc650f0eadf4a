"""Measurements of the house, each one a command: `make bench BENCH=NAME`.

What is measured goes to standard output, one `name value` a line; how it came about to
standard error.
"""
