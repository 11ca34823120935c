"""What only the department asks for: files that take longer than an answer may.

outreach_lists  the lists of people that no message has reached
access          who asked for whose data: order the file, and fetch it
"""
