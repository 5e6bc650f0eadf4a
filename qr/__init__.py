"""The tag: codes, symbols, labels and sheets. Knows no web, no database and no clock."""
