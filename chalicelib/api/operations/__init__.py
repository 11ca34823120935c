"""What the endpoints do, one module for each subject.

lookup          is this person protected?
references      from the reference in an SMS to the person
timeline        the events of a person's cover, in words
confirmations   send one person's confirmation again
listing         the list of files
files           one file: progress, counts, results, resend
rows            the rows of a file
money           sums and where premiums are; overdue confirmations, reversals
uploads         a ticket to upload a file
sms_gate        whether messages go out: show, pause, resume
outlook         estimates when a file's last message goes out
staff           what only the department asks for: outreach lists, who asked for whose data
about           the signed-in user, and whether the service answers
model           the base of all requests and answers
counts          counts and amounts in answers
"""
