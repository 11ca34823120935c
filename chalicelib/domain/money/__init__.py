"""Where a person and their premium are, and how they move.

standing  the states of a person, the leaves of a premium, and which go together
ledger    the lines of a person's ledger
confirm   what a bank's confirmation does to a person
reversal  the reversal of a wrong confirmation by two users
balance   people and rupiah by leaf, and the sums that must hold
"""
