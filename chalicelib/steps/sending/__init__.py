"""What sending needs besides the steps `notify` and `resend`.

permit        whether messages may go out now: gate and budget, for one delivery
resend_person  sends one person's message again
publish       how one message ends: kept back, published once, or left for later
"""
