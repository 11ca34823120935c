"""Files for the department: whom no message reached, and who asked for whose data.

outreach_lists  the lists for field officers
access_report   the columns of such a file, and a line of the trail as its row
"""
