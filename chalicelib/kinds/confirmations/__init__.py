"""Confirmations: a bank states what became of its deductions, row by row.

kind           the kind, and the module of each stage
columns        the known columns, as `columns.toml` describes them
words          reads the words of a status and a reason, as `words.toml` has them
rows           a judged row and its outcome, as they are stored
judgement      reads one row: who is meant, what is stated, and when
statement      reads what a row states: status, codes, descriptions and remarks
reading        reads a file: judges rows, finds people with two rows
people         finds the people of rows: by reference, else by NIK among the bank's own
not_due        finds rows of the bank's files that owe nothing
outcome_rules  decides what a row does to its person
applying       moves the people of a chunk
reporting      an outcome in Indonesian
codes          the codes of a row
explanations   the texts of the codes
guide          the section of the bank's guide
"""
