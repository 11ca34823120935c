"""The HTTP API, without the framework, and the page that uses it.

endpoints    the table of all endpoints: path, action, models, operation
requests     turns a request into an answer, in one order for all endpoints
parsing      reads the input of a request
handlers     gives each operation the ports that it needs
operations   what the endpoints do, one module for each subject
permissions  who may do what
limits       how often users and banks may ask
refusals     the reasons to refuse a request, in Indonesian
audit        the audit trail: who asked for whose data
trace        the lines of one request in it
cursor       signed cursors: where the next page of a list begins
openapi      the API's documentation, generated from `endpoints`
examples     made-up values for it
site         serves the page in the folder `page`
bundle       joins its modules into two scripts
"""
