"""Measures payung's time, memory and calls, and compares them with other programs.

`make bench` runs everything and writes docs/performance.md. `make bench-small` runs a small part.
It fails only on figures that do not depend on the machine. Each group of figures has its own
module. The programs for comparison are in `peers`; they do the same work in the usual way.
"""
