"""The steps that write files for the department.

outreach       writes the lists of people whom no message reached
access         writes the file of an order: who asked for whose data
access_orders  the orders of such files, and how far each file is
"""
