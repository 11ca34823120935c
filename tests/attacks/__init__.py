"""Attacks: tables of what an attacker sends, times formats, roles and routes.

payloads   texts that become a program, a path, a number or a message elsewhere
containers each format of file, made of a table
forgery    tokens that nobody may get in with
requests_  requests that no page of ours makes

Each test names the kind of attack. A new payload is a line of a table, and every test that takes
the table tries it. docs/security.md names the test of each threat.
"""
