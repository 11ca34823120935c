"""Writes the result files of a finished or refused file and informs the bank.

Also writes files for the department: outreach lists, and who asked for whose data.
"""

from typing import Any

from chalicelib.adapters.ports import Ports
from chalicelib.domain.file.batch import BatchStatus
from chalicelib.domain.jobs import AccessJob, OutreachJob, ReportJob
from chalicelib.errors import NotYet
from chalicelib.kinds.registry import KINDS
from chalicelib.lambdas import sqs_batch, telemetry, wiring
from chalicelib.steps.report import InformBank, WriteReport
from chalicelib.steps.staff.access import WriteAccessReport
from chalicelib.steps.staff.outreach import WriteOutreach

# Load this stage of every kind at start, when Lambda gives a process the most of a processor.
for _kind in KINDS:
    _kind.reporting()

_JOBS = (ReportJob, OutreachJob, AccessJob)


def run(event: Any, context: Any) -> dict[str, Any]:
    """Handle messages of the report queue, which carries all kinds of jobs."""
    return sqs_batch.each(
        event,
        lambda body: _write(body, wiring.invocation(context)),
        aside=lambda body: _set_aside(body, wiring.invocation(context)),
    )


def report_step(at: Ports) -> WriteReport:
    """Return the step with the ports that it needs."""
    return WriteReport(
        batches=at.batches,
        enrollments=at.enrollments,
        ledger=at.ledger,
        objects=at.objects,
        agreements=at.agreements,
        clock=at.clock,
        deadline=at.deadline,
    )


def outreach_step(at: Ports) -> WriteOutreach:
    """Return the step with the ports that it needs."""
    return WriteOutreach(
        batches=at.batches,
        enrollments=at.enrollments,
        objects=at.objects,
        agreements=at.agreements,
        clock=at.clock,
        deadline=at.deadline,
    )


def access_step(at: Ports) -> WriteAccessReport:
    """Return the step with the ports that it needs."""
    return WriteAccessReport(
        trail=at.trail,
        objects=at.objects,
        agreements=at.agreements,
        deadline=at.deadline,
    )


def inform_step(at: Ports) -> InformBank:
    """Return the step with the ports that it needs."""
    return InformBank(batches=at.batches, objects=at.objects, announcer=at.announcer, page=at.page)


def _write(body: str, at: Ports) -> None:
    job = sqs_batch.job_of(_JOBS, body)
    if isinstance(job, OutreachJob):
        outreach_step(at).run(job)
        return
    if isinstance(job, AccessJob):
        access_step(at).run(job)
        return
    telemetry.about(job.batch)
    telemetry.count_report(report_step(at).run(job))
    inform_step(at).run(job)


def _set_aside(body: str, at: Ports) -> None:
    """End a report that nobody needs: its file has its results already.

    Raises:
        NotYet: the file still needs this report, or it would enroll people and never say so.
    """
    job = sqs_batch.job_of(_JOBS, body)
    if isinstance(job, OutreachJob):
        return  # each order writes all lists again
    if isinstance(job, AccessJob):
        access_step(at).give_up(job)
        return
    telemetry.about(job.batch)
    batch = at.batches.get(job.batch)
    if batch is not None and batch.status is not BatchStatus.COMPLETED:
        raise NotYet("the file still needs its results")
