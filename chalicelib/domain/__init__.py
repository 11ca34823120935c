"""The nouns of payung: pure values and rules, importing nothing of ours but each other.

nik  name  phone  money  dates  sex  blank      what a cell says: a value, or what is wrong
columns  recipient  judgement                   a row, and whether it is fit to enroll somebody
bank  regions  premium  programme               agreements as data, and what cover costs
enrollment  settlement  outcome  reference      what becomes of a row
batch  control  rounding  summary               the file: state, what is checked of it, sums
confirmation  notification                      what a person is told, and what S3 tells us
code  codes  explanation  explanations_of_*     every code, in words for the bank
jobs                                            the messages between the functions
"""
