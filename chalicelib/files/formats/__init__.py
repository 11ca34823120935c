"""From bytes to records: detects the format of a file, and reads its cells as text.

recognise  opens a file in its format
unpack     gzip and ZIP, within limits
gunzip     gzip, within the time
encoding   the encoding of a text
plaintext  CSV and text
workbook   XLSX, XLS, ODS and documents with tables, parsed in a child process
sheets     which sheets, or tables, have the list
sheetfeed  the program of that child process
unread     cells of a workbook that its parser leaves empty, within it
markup     tables in HTML, XML Spreadsheet 2003 and MHTML, within it
foreign    names what is no list
source     what every format becomes: a header and records
"""
