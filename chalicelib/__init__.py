"""payung, folder by folder. Each folder's `__init__` says what its modules are for.

A file's way, from the trigger to the result files:

    lambdas     one module a deployed function: parse the event, call one step, count what it did
    steps       what is done, in the order in which a file travels
    api         what staff and banks may ask over HTTP, and the page that asks it

What these are made of:

    kinds       what is particular to each kind of file, a folder each
    domain      values and rules, pure
    files       formats in and out: what a bank sends becomes rows, rows become result files
    programmes  the agreements as data (TOML)
    adapters    the ports that steps are written against, and AWS behind them

What they share:

    errors      what stops a step, and whether to retry
    deadline    how long a step may go on, and how it waits while AWS is busy
    pace        how fast messages may go out
    settings    the environment, read in one place
    fault_log   logs an unexpected exception without its text
"""
