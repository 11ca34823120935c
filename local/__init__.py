"""The embedded cloud: payung's AWS side in one process, for development and for trying files.

    errors                 what a command says when it cannot go on
    assembly               puts the deployment template together from the files of `.chalice/`
    template               evaluates its intrinsic functions
    resources  buckets     make each kind of resource through the AWS API
    cloud                  builds all resources and the functions' environment
    moto_patches           functions of moto that are replaced, for correctness or speed
    application            the Chalice app, wired to that cloud
    loopback               who may talk to the servers on loopback
    pump                   delivers messages from the queues to the functions, as Lambda does
    lineage                detects recursive loops, as Lambda does
    carrier                simulates the phone companies: the result and the receipts of each SMS
    clock                  the time that the functions see; it can be advanced
    gateway                the HTTP API, with checks of tokens
    users                  one user of each role, to sign in with
    run  progress  show    `python -m local run`
    deliveries  money      its files, and its sums of money
    serve                  `python -m local serve`
    mail                   the mail to banks, written to a folder
    dead_letters           `python -m local dead-letters`
    set_aside              its option `--set-aside`
    sample  samples        `python -m local sample`, and the files of `samples/`
    made_up_people         the people in these files
    sample_damage          the errors in these files
    sample_confirmation    what a bank states about one of them
    guide                  the generated parts of the bank guide
    documentation          the generated file `docs/openapi.json`
    deploy                 `make package | deploy | destroy`

Nothing in this folder is deployed.
"""
