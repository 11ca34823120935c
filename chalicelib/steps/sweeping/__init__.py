"""What runs every five minutes, for what nothing else would end.

sweep         finds files that make no progress, and sends again what they lack
lacking       finds out what a file lacks
overdue       gives up messages whose receipt never came; counts overdue confirmations
"""
