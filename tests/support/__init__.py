"""Helpers that several folders of tests share.

builders        made-up people and files
world           all steps over memory: processes a file without AWS, network or clock
same_process    parses workbooks in a thread instead of a child process
fakes           the ports in memory; they record their calls
fake_tables     both tables of the fakes
fake_totals     the totals of the fakes
counting        counts messages as the steps do at the end of a job
fake_money      premiums of the fakes: ledger, reversals, lists
delivery_logs   SNS's delivery logs, as CloudWatch sends them
metrics         the metrics that are printed during a test
septets         counts a text as carriers do
csv_readers     how programs split a CSV into cells, and which cells they take for formulas
tokens          the claims of users' tokens
log_reader      finds personal data in a log
dynamodb_local  AWS's own DynamoDB engine on this machine
"""
