"""The scenarios in which an administrator sets dead letters aside for good."""

from collections.abc import Iterable, Sequence

from chalicelib.adapters.ports import Ports
from chalicelib.deadline import Deadline
from chalicelib.domain.jobs import ChunkJob, Decision, ResendJob, SetAside
from chalicelib.errors import OutOfTime
from chalicelib.lambdas import enroll
from tests.faults.harness import Stage
from tests.support.builders import replace

KEY = "incoming/002/BPUM/dikesampingkan.csv"
_RECEIPTS_TAKE = 72 * 3600.0
"""Seconds until a message without a receipt is unconfirmed."""


def an_upload(stage: Stage, lines: Sequence[str]) -> None:
    """Set an upload aside; a copy of its notification comes later."""
    stage.upload(KEY, lines)
    notice = stage.take_out("Intake")
    stage.aws.of_interest_from_here()
    stage.put("Intake", *_aside(stage, notice))
    stage.finish()
    stage.put("Intake", *notice)
    stage.finish()


def a_chunk(stage: Stage, lines: Sequence[str]) -> None:
    """Set a chunk aside of which some rows are applied; all others' jobs come after it."""
    stage.upload(KEY, lines)
    stage.serve("intake")
    first, second, *rest = stage.take_out("Chunk")
    stage.put("Chunk", first)
    stage.drive()
    stage.staff(lambda ports: _begin(ports, ChunkJob.model_validate_json(second)))
    stage.aws.of_interest_from_here()
    stage.put("Chunk", *_aside(stage, [second]))
    stage.drive()
    stage.put("Chunk", second, *rest)
    stage.finish()


def messages(stage: Stage, lines: Sequence[str]) -> None:
    """Set the messages of a chunk aside, then an order to resend others, and a receipt."""
    stage.upload(KEY, lines)
    stage.serve("intake", "enroll", "report")
    first, *rest = stage.take_out("Sms")
    stage.aws.of_interest_from_here()
    stage.put("Sms", *_aside(stage, [first]))
    stage.drive()
    stage.put("Sms", first, *rest)
    stage.finish()
    batch = str(stage.file(KEY)["batch"])
    order = ResendJob(batch=batch, chunk=2, by="petugas", reason="diminta", at=stage.time())
    stage.put("Resend", *_aside(stage, [order.model_dump_json()]))
    stage.put("Receipt", *_aside(stage, ['{"awslogs": {"data": "?"}}']))
    stage.finish()
    stage.pass_by(_RECEIPTS_TAKE)
    stage.finish()


def a_report(stage: Stage, lines: Sequence[str]) -> None:
    """Set a report aside that its file needs: it comes back, and ends once the file has one."""
    stage.upload(KEY, lines)
    stage.serve("intake", "enroll")
    report = stage.take_out("Report")
    stage.aws.of_interest_from_here()
    stage.put("Report", *_aside(stage, report))
    stage.drive()
    if stage.file(KEY)["status"] != "enrolling":
        stage.seen.append("a file without results is done")
    stage.finish()
    stage.redrive("Report")
    stage.finish()


def _aside(stage: Stage, bodies: Iterable[str]) -> list[str]:
    """Return the messages as `python -m local dead-letters --set-aside` puts them back."""
    decision = Decision(by="admin", reason="tidak dapat diperbaiki", at=stage.time())
    return [SetAside(set_aside=decision, job=each).model_dump_json() for each in bodies]


class _OneGroup(Deadline):
    """A function's time that is over after the first group of rows."""

    def __init__(self) -> None:
        super().__init__(lambda: 0)
        self._checked = False

    def check(self, *, needs: float = 0.0) -> None:
        if self._checked:
            raise OutOfTime("the first group is applied")
        self._checked = True


def _begin(ports: Ports, job: ChunkJob) -> None:
    """Apply the first rows of a chunk, as a function does that is out of time after that."""
    step = replace(enroll.step(ports), deadline=_OneGroup())
    try:
        step.run(job)
    except OutOfTime:
        return
    raise AssertionError("a chunk of several groups is done in one")
