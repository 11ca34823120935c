"""Formats in and out: how a bank's file becomes rows, and rows become result files.

headers, columns.toml   which column is which: aliases as data
read                    `open_table`: any file that a bank may send → rows
  recognise, unpack     what it is by its content; archives and bombs
  plaintext             encoding, delimiter, header and records of CSV and text
  workbook, cellvalue   XLSX, XLS and ODS; their typed cells → text
  closing               the TOTAL row at the end: a control figure, not a person
write                   `ResultWriter`: hasil.csv and ditolak.csv
neutral                 what keeps a cell from being run as a formula, and back
fingerprint             the same rows under another name or format
limits, refusal         how much is taken; and how a file is refused
"""
