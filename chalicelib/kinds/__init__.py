"""The kinds of files. Each kind has a folder of its own.

All files go through the same code (`files`, `steps`). A kind defines its columns, how a row is
judged, what a row does, and what the result files contain.

kind            the protocols that a kind implements
registry        the kind of each folder of the bucket, and the codes of all kinds
check           checks that a kind is complete
chunk_store     reads and writes the rows and outcomes of a file's chunks
people_in_file  the NIKs in a file of any kind
shape           the shape of a row of any kind
result_files    the result files of settled rows, CSV and workbook
reversing       takes back what a chunk of confirmations states
results         the result cells that every kind has
recipients      people to be enrolled
confirmations   what banks state about their deductions
"""
