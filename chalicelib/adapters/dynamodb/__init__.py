"""The two tables: people, and files with everything else.

Writes are conditional, and each condition has its reason beside it.

enrollments   `Enrollments`: people
person_items  people as items
messages      writes of a person's message
money         premiums: `Ledger`, `Reversals`, their items and writes
erasures      writes that delete a person's data
batches       `Batches`: files and chunks
file_items    files and chunks as items
counting      the counts of files, messages and accounts
takeovers     writes that move people to a later file
gates         `Gates`: pauses of sending, and each month's spending
writes        conditional writes: the builder, sending, refusals
items         attribute values; the version and expiry of an item
failures      `Failures`: why messages became dead letters
batch_get     reads many items of a table at once
"""
