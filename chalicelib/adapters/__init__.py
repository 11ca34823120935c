"""The world outside, as the steps' protocols want it: DynamoDB, S3, SQS and SNS.

Clients are passed in; only `wiring` makes them.
"""
