"""The counts of files, messages and accounts, which move with people.

counts          writes of the counts of rows
message_counts  the counted states of messages, and writes of their counts
totals_items    totals of accounts as items
"""
