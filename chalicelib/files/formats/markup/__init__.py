"""Tables in HTML, in XML Spreadsheet 2003 and in MHTML: what many systems call `.xls`.

It runs in the process of `sheetfeed`, which bounds its memory and time. Rows are parsed as they are
asked for, so that only the first rows of each table are kept. Cells are the text that the document
shows. A number whose digits are not shown is taken from the attribute that has them.

tables       `MarkupSheets`: the tables of a document, as if they were the sheets of a workbook
html_tables  the tables of HTML
xml_sheets   the sheets of XML Spreadsheet 2003
reader       what both readers have in common: rows, limits, numbers
documents    the documents in the bytes, and their text in blocks
"""
