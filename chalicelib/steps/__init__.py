"""The steps, in the order in which a file travels.

intake        takes an upload in, once
split         reads the file, judges its rows, writes the chunks
enroll        applies one chunk: for recipients, enrolls its people
reverse       reverses a file of confirmations that two users have ordered to reverse
list_premiums  puts deducted people on a list that a bank pays to BPJS
notify        sends people their messages: claims, publishes, records and counts
message_counts  counts people's messages in the states that they have
sending       whether messages may go out now, and how one message ends
gate          opens and closes sending: window, pauses, budget
receipts      forwards the carriers' delivery receipts, and takes them
resend        sends messages again on the order of staff
report        writes the result files, and informs the bank by mail
staff         writes files for the department: outreach lists, who asked for whose data
sweeping      finds files that make no progress, and messages and confirmations that are overdue
erase         deletes one person's data on their request
"""
