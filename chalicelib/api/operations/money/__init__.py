"""Where premiums are, and what waits for somebody.

totals          the sums over all files
totals_file     the same sums as a file for a spreadsheet
money_views     people and rupiah by where premiums are
overdue         overdue confirmations, and reversals to be approved
reversals       the reversal of a wrong confirmation by two users
reversal_views  how a reversal is shown
"""
