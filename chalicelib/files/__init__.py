"""File formats: a file becomes rows, and rows become result files. No module here knows a kind.

read            `open_table`: any file that a bank may send, as rows under a known header
formats         detects a file's format by its content and turns the file into records
columns         the columns of a kind, as its `columns.toml` describes them
folded          splits rows that a spreadsheet left in one cell
headers         finds the columns of a file by their aliases
footer          detects the lines that are not people: totals, headings, notes, signatures, trailers
shifted         detects rows whose cells a separator has moved
fingerprint     recognises the same rows under another name or format
limits          the maximum sizes of a file, and the budget of its reading
refusal         the exception that refuses a file
work            the chunk objects that one step writes and the next step reads
write           the columns of result files; `CsvWriter`: hasil.csv and ditolak.csv
write_workbook  `WorkbookWriter`: hasil.xlsx and ditolak.xlsx, all cells text
staff           files for the department
neutral         prevents a spreadsheet from running text as a formula; reverses it
"""
