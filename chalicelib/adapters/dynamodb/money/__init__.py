"""Premiums in the two tables: steps, owed money, and reversals.

ledger          `Ledger`: steps of premiums
books           the counts of files and accounts that move with premiums
ledger_items    steps and balances as items
ledger_writes   writes of steps, owed money and their counts
listings        how far the lists are on which people are, read with them
remittances     `Remittances`: lists of premiums that are paid to BPJS
remittance_items  such lists as items
reversals       `Reversals`: reversals of confirmations
reversal_items  reversals as items
"""
