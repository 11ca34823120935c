"""The SMS to people, and the mail to banks.

confirmation  the text of the confirmation SMS
naming        how a message names its person
disguised_words  words that no name in a message may have
sending       the rules of sending: window, rate, budget, gate
spending      the month's budget in shards
counted       the state in which the counts have each message
budget        the cost of a file's messages against the budget that is left
receipt       the carriers' delivery receipts
notice        the mail to a bank about a file that is done
sms_reasons   the reasons of failed messages, in words
"""
