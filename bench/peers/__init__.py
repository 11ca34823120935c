"""The same work in the usual way, for comparison with payung."""
