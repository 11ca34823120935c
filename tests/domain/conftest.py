"""Property tests draw the same examples in each run, and a busy machine is no failure."""

from hypothesis import settings

settings.register_profile("payung", derandomize=True, deadline=None)
settings.load_profile("payung")
