"""What payung costs in time, memory and calls, beside what others cost on the same machine.

`make bench` runs everything and writes docs/performance.md; `make bench-small` runs little, and
fails only on what does not depend on the machine. Each folder of figures stands in a module of its
own; what is compared with is in `peers`, written as people usually do it.
"""
