"""Parsers of one cell. Each returns a value, or a finding or None if the cell is not valid.

nik    the 16-digit identity number
name   a person's name
phone  a mobile number, as E.164
money  whole rupiah
dates  a day
sex    a person's sex
blank  the usual signs for an empty cell
units  words that give amounts another unit than rupiah
nobodys_name  words and firms in place of a name
unvalued  errors of a spreadsheet, formulas without a result
"""
