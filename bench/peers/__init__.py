"""The same work as people usually write it: what payung is measured against."""
