"""The entities and rules of payung. Pure: the domain imports no other package of payung.

cells       parsers of one cell: a value, or a finding
file        a file: its rows, judgement, state, sums
money       states, ledger and balance of premiums
person      a person: recipient, enrollment, reference
agreements  banks, regions, programmes, and the price of cover
messages    the SMS to a person: text, rules of sending, receipts
findings    every code, with its Indonesian words for the bank
jobs        the messages between the functions
record      the base classes of stored values
"""
