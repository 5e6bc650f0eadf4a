"""What a store says of a file it does not have."""


class Missing(Exception):
    """There is no file of this name."""
