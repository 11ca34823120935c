"""Where a person and their premium are, and how they move.

standing  the states of a person, the leaves of a premium, and which go together
ledger    the lines of a person's ledger
confirm   what a bank's confirmation does to a person
reversal  the reversal of a wrong confirmation by two users
listing   what being on a list to be paid means for a person
remittance  a list of premiums that a bank pays to BPJS
remitting  the steps of such a list, and who may take them
balance   people and rupiah by leaf, and the sums that must hold
"""
