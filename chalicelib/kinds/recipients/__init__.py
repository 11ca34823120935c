"""Recipients of aid: each row is a person to be enrolled, once.

kind           the kind, and the module of each stage
columns        the known columns, as `columns.toml` describes them
rows           a judged row and its outcome, as they are stored
judgement      decides whether a row is fit to enroll its person
reading        reads a file: judges rows, finds repeated people, estimates messages
returned       compares a NIK with its guard, and doubts few NIKs that all end in 0
outcome_rules  turns a judged row into its outcome
applying       enrolls the people of a chunk
takeovers      takes people over from earlier files that have no results
enrolled       finds the people whom a chunk enrolled, and the row at a line
remarks        the column that each code is about
reporting      an outcome in Indonesian
codes          the codes of a row
explanations   the texts of the codes
guide          the section of the bank's guide
"""
