"""The wire: one marshmallow module a noun, and nothing else."""
