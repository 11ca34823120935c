"""The embedded cloud: payung's AWS side in one process, for development and for trying files.

    template               reads the deployment template, `.chalice/resources.yaml`
    resources  buckets     make each kind of resource through the AWS API
    cloud                  builds the whole of it, and says what the functions' environment is
    moto_*                 what moto does otherwise than AWS, or slowly, mended
    application            the Chalice app, wired to that cloud
    pump                   takes messages from the queues to the functions, as Lambda does
    carrier                what becomes of each SMS, and the receipts of it
    clock                  the time that the functions see, which can be wound on
    gateway                the HTTP API, tokens checked
    run  progress  show    `python -m local run`
    serve                  `python -m local serve`
    sample  people  faults  samples    `python -m local sample`, and the files of `samples/`
    guide                  the generated parts of the bank guide

Nothing here is ever deployed.
"""
