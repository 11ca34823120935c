"""A person and their cover.

recipient         a row of a file, and the person in it
protection        whether a person is protected on a day, and how far their cover is
answer            the same in an Indonesian sentence
enrollment        one person's cover, and the state of their message
reference         the reference in the SMS, with its check character
query             reads what a person typed to ask about somebody
personal_numbers  finds NIKs and phone numbers in free text
"""
