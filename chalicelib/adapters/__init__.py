"""The ports that steps depend on, and the adapters that implement them on AWS.

Wiring passes the clients in.

ports         the protocols: what a step may ask for
direct        sends the most frequent calls with little processor time
dynamodb      people, files, messages, gate: the two tables
readers       which files are being read, and by how many functions for each bank
objects       the bucket
bucket_keys   what is kept in it under which key
queues        SQS
sms_sender    SNS: messages to people, mail to banks
event_source  Lambda's event source mapping of the SMS queue
second_factors  who has a second factor at the user pool
use_counts    how often a user or a bank asked
links         presigned addresses for browsers
audit_sink    the log group of the audit trail
secret        keys derived from the stack's secret
aws_errors    what botocore's errors mean to a step
"""
