"""Writes the result files of a finished or refused file, or a bank's outreach lists."""

from typing import Any

from chalicelib import deliveries, outreach, report, telemetry, wiring
from chalicelib.domain.jobs import OutreachJob, ReportJob


def run(event: Any, context: Any) -> dict[str, Any]:
    """Messages of the report queue, which carries both kinds of jobs."""
    return deliveries.each(event, lambda body: _write(body, context))


def _write(body: str, context: Any) -> None:
    job = deliveries.job_of((ReportJob, OutreachJob), body)
    if isinstance(job, OutreachJob):
        outreach.write_outreach(job, **wiring.given(outreach.write_outreach, context))
        return
    telemetry.about(job.batch)
    reported = report.write_report(job, **wiring.given(report.write_report, context))
    telemetry.count_report(reported)
