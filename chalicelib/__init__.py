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

How staff and banks ask:

    endpoints   the table of the HTTP API; `handlers` has what each of them calls
    api         turns a request into an answer, and leaves the trace that `audit` writes
    permissions who may do what; `refusals` is what is said to whoever may not
    queries     the answers, a module a subject; `cursor` is where their lists go on
    openapi     the API's documentation, with `examples`
    site        the page in `page`, which asks the API from a browser

What they stand on:

    domain      the nouns and rules: NIK, money, premium, programme, judgement … (pure)
    files       recipient files in, result files out, chunk objects in between
    adapters    DynamoDB, S3, SQS and SNS behind `adapters.protocols`
    programmes  the agreements as data

Around them: `functions` has what each deployed function does, `settings` reads the environment,
`wiring` makes the clients, `needs` finds what a step asks for, `deliveries` treats SQS messages one
by one, `deadline` knows how long a step may go on, `pace` how fast messages may go out, `telemetry`
logs and counts, `errors` says what stops a step.
"""
