"""Pictures for tests: honest ones, hostile ones, and ones that say too much."""
