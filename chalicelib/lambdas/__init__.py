"""The deployed functions, a module each: `run` takes the event of Lambda.

intake       reads each uploaded file
enroll       enrolls the people of a chunk
notify       sends confirmations
forward      queues delivery receipts
receipts     takes delivery receipts
resend       sends failed messages again
gate         switches sending on and off by the clock
report       writes result files and outreach lists
sweep        looks for files that make no progress
erase        deletes one person's data
api_handler  answers HTTP requests
clients      the clients and adapters of a process
wiring       joins the steps to them: the ports of one call
sqs_batch    handles the messages of an SQS event one by one
telemetry    logs and metrics

All functions start in `app`. `app` imports only the module of the process's own function: at the
start, or else at the first call.
"""

import importlib

from chalicelib.fault_log import log_fault
from chalicelib.lambdas import wiring

API_HANDLER = "api_handler"
"""The function behind the HTTP API; the others have the names under which they are deployed."""


def prepare(name: str) -> None:
    """Import a function's module and read the model of its first client, before the first call.

    Lambda gives a process more CPU while it starts. An error here occurs again at the first call,
    and is handled there.
    """
    try:
        importlib.import_module(f"{__name__}.{name}")
        wiring.world().prepare()
    except Exception as fault:  # noqa: BLE001  # the function may be called all the same
        log_fault(fault)
