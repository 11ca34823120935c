"""`python -m tests.steps.step_memory STEP STATE`: runs a step, and prints its peak memory (kB).

STATE is a file that `save` wrote: what tables, bucket and queues hold before the step. Everything
is in memory here, also what AWS keeps in the cloud, so a function needs less.
"""

import pickle
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import boto3  # noqa: F401  # every function has it loaded

from chalicelib.domain.jobs import OutreachJob, ReportJob, ResendJob, SmsJob
from chalicelib.lambdas import erase, receipts, report, resend
from chalicelib.steps.erase import EraseRequest
from tests.api.office import BRI, DINAS, Office
from tests.support.builders import PROGRAMME, a_nik, confirmation_of
from tests.support.delivery_logs import a_failure, an_event

UNREACHABLE = "Phone is currently unreachable/unavailable"


def frozen(values: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    """Return a mapping that cannot be changed; pickle finds this function, and not its type."""
    return MappingProxyType(values)


class _Pickler(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        """Write a mapping that cannot be changed as the one behind it."""
        if isinstance(value, MappingProxyType):
            return frozen, (dict(value),)
        return NotImplemented


def save(office: Office, path: Path) -> None:
    """Write what the world holds."""
    queues = office.chunk_queue.bodies, office.sms_queue.bodies
    with path.open("wb") as file:
        _Pickler(file).dump(
            (office.tables, office.objects.stored, queues, office.chunk_rows, office.now)
        )


def loaded(path: Path) -> Office:
    """Return the world that `save` wrote."""
    tables, stored, queues, chunk_rows, now = pickle.loads(path.read_bytes())  # noqa: S301  # ours
    office = Office(tables=tables, chunk_rows=chunk_rows, now=now)
    office.objects.stored = stored
    office.chunk_queue.bodies[:], office.sms_queue.bodies[:] = queues
    return office


def failed(office: Office, batch: str) -> None:
    """Let the carrier report that every message failed, 100 at a time."""
    people = [each for each in office.tables.people.values() if each.batch == batch]
    ids = [confirmation_of(each).id for each in people]
    for start in range(0, len(ids), 100):
        lines = (a_failure(each or "", UNREACHABLE, at=office.now) for each in ids[start:][:100])
        receipts.step(office.ports).run(an_event(*lines))


def _intake(office: Office, _batch: str) -> None:
    (key,) = office.objects.stored
    office.take(office.put(office.objects.stored[key], key))


def _notify(office: Office, _batch: str) -> None:
    office.notify(SmsJob.model_validate_json(office.sms_queue.bodies[0]))


def _report(office: Office, batch: str) -> None:
    office.report(ReportJob(batch=batch))


def _outreach(office: Office, _batch: str) -> None:
    report.outreach_step(office.ports).run(OutreachJob(outreach="002"))


def _resend(office: Office, batch: str) -> None:
    order = ResendJob(batch=batch, chunk=1, by="petugas", reason="diminta", at=office.now)
    assert resend.step(office.ports).run(order)


def _sweep(office: Office, _batch: str) -> None:
    office.sms_queue.bodies.clear()
    office.sweep()
    office.now += timedelta(hours=1)
    office.sweep()
    assert office.sms_queue.bodies, "it has read the chunk for its jobs"


def _erase(office: Office, _batch: str) -> None:
    erase.step(office.ports).run(EraseRequest(nik=a_nik(1), by="admin", reason="diminta"))
    assert office.enrollments.find(PROGRAMME, a_nik(1)) is None


def _api(office: Office, batch: str) -> None:
    reason = {"reason": "Ditanyakan di loket"}
    for call, who, query in (
        (f"GET /batches/{batch}/rows", BRI, None),
        (f"GET /batches/{batch}/results", BRI, None),
        (f"GET /batches/{batch}/results", DINAS, reason),
    ):
        answer = office.ask(call, who=who, query=query)
        assert answer.status == 200, answer.body
    assert office.ask("POST /enrollments/lookup", {"nik": a_nik(1)}).status == 200


STEPS: dict[str, Callable[[Office, str], None]] = {
    "intake": _intake,
    "enroll": lambda office, _batch: office.drive_chunks(),
    "notify": _notify,
    "report": _report,
    "outreach": _outreach,
    "receipts": failed,
    "resend": _resend,
    "sweep": _sweep,
    "erase": _erase,
    "api": _api,
}


def main(step: str, path: str) -> None:
    office = loaded(Path(path))
    STEPS[step](office, next(iter(office.tables.files), ""))
    status = Path("/proc/self/status").read_text()
    # VmHWM and not `ru_maxrss`, which begins with the memory of the process that started this one.
    peak = next(each for each in status.splitlines() if each.startswith("VmHWM"))
    sys.stdout.write(peak.split()[1])


if __name__ == "__main__":
    main(*sys.argv[1:])
