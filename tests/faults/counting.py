"""The name under which a test tells how many cases it tried."""

CASES = "cases"
