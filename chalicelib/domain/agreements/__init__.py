"""The agreements, read from `programmes/`, and the rules that follow from them.

programme  the terms of cover
premium    the price of cover
bank       the banks that take part
regions    provinces and regencies
regency_cells  the regencies of a file's rows, by the codes of its bank
"""
