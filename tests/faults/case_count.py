"""The property in which a test records its number of cases."""

CASES = "cases"
