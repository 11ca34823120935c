"""Cells of a workbook that calamine returns as empty, although they show something.

These are errors (`#N/A`), and formulas without a saved value. They are found in the file itself, in
the process of `sheetfeed`, which bounds memory and time. A row without them costs next to nothing.

cells  which reader fits a workbook; puts the cells that were found into the rows
xlsx   Excel's XML
xlsb   Excel's binary parts in a ZIP
xls    Excel's records in an OLE2 file
ods    OpenDocument
found  a cell that was found, and the names of errors
"""
