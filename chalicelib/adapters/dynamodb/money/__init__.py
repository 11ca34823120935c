"""Premiums in the two tables: steps, owed money, and reversals.

ledger          `Ledger`: steps of premiums
ledger_items    steps and balances as items
ledger_writes   writes of steps, owed money and their counts
reversals       `Reversals`: reversals of confirmations
reversal_items  reversals as items
"""
