"""Where premiums are, and what waits for somebody.

totals          the sums over all files
totals_file     the same sums as a file for a spreadsheet
money_views     people and rupiah by where premiums are
overdue         overdue confirmations, and reversals to be approved
reversals       the reversal of a wrong confirmation by two users
remittances     the steps of a list of premiums that a bank pays to BPJS
remittance_requests  what its steps take
remittance_views  how such a list is shown
remittance_endpoints  the endpoints of such lists, with their wiring
remittance_examples  made-up values for their documentation
reversal_views  how a reversal is shown
"""
