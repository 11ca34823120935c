"""payung's functions, step by step.

The steps, in the order in which a file travels:

    intake      takes an upload in, once; `split` reads it, judges its rows, writes the chunks
    enroll      enrolls the people of one chunk
    notify      sends people their confirmation, as `admission` lets them through
    gate        opens and closes the way of all messages, and tells how many wait
    report      writes the result files
    sweep       finds files that stand still, and sends again what they lack; `overdue` looks
                after those that wait for receipts, and `people` finds whom a chunk enrolled
    erase       deletes one person's data on their request
    queries     answers staff and banks

What they stand on:

    domain      the nouns and rules: NIK, money, premium, programme, judgement … (pure)
    files       recipient files in, result files out, chunk objects in between
    adapters    DynamoDB, S3, SQS and SNS behind `adapters.protocols`
    programmes  the agreements as data

Around them: `settings` reads the environment, `wiring` makes the clients, `deliveries` treats SQS
messages one by one, `deadline` knows how long a step may go on, `pace` how fast messages may go
out, `telemetry` logs and counts, `errors` says what stops a step.
"""
