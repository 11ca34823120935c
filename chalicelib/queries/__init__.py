"""What staff and banks ask over HTTP, a module a subject.

    about       who am I, what may I do; is the service well
    people      is this person protected? send the confirmation again
    references  from the reference in an SMS to the person
    files       the files: how far, their counts, what the bank got back
    rows        the rows of a file, one by one
    totals      the sums over all files
    uploads     a ticket to upload a file with
    sending     the gate of all messages
    outreach    the lists of people whom no message has reached

NIK and phone leave masked unless somebody may and says why; a NIK comes in the body of a request,
never in its address. A caller of a bank sees that bank's files and people only.
"""
