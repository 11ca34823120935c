"""A file of any kind, from its rows to its sums.

row             an unchanged row, and a judged row
first_rows      finds the first row of each person
shared_numbers  counts the people of each phone number
excel_rounding  detects that a spreadsheet rounded the NIKs
guard           a copy of the NIK in result files that no spreadsheet changes
control         compares control totals with the rows
nobody          the lines that are not people, with the reason of each
host_records    the opening and closing record of a file between hosts
outcome         the outcome of a row, and counts of outcomes
batch           the file's state
standstill      why a file makes no progress, in words
summary         the sums of a file
totals          the sums over all files
file_name       the names of uploads, as people see them
notification    S3's notification of an upload
"""
