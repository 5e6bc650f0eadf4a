"""Accounts: signing in, devices, and who may do what where."""
