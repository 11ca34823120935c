"""The findings about rows and files, with stable codes and Indonesian texts.

code                   the codes that every kind of file has
finding                one finding about a row or a file
explanation            the texts of one code
catalogue              codes with their explanations
explanations_of_cells  the texts for rows of every kind
explanations_of_files  the texts for files
"""
