"""Premiums of the fakes, over the tables in memory.

ledger       the ledger and the reversals
remittances  the lists of premiums
"""
