"""The scenarios in which a file makes no progress, and people move to a later one of its bank."""

from collections.abc import Sequence
from datetime import timedelta

from chalicelib.adapters import bucket_keys
from chalicelib.domain.jobs import ChunkJob
from tests.faults.harness import Stage
from tests.support.builders import a_nik
from tests.support.world import a_line

FIRST, AGAIN = "incoming/002/BPUM/terhenti.csv", "incoming/002/BPUM/diulang.csv"
_OTHER = "Johannes Lain Sekali"
_LINES: Sequence[str] = (
    a_line(1),
    a_line(2),
    a_line(50),  # another bank's
    a_line(3, phone=""),
    a_line(90, nik=a_nik(90)[:-1]),
    a_line(1),  # the second chunk
    a_line(4),  # a number that the carrier refuses
    a_line(5),
    a_line(8),
    a_line(2, name=_OTHER),
    a_line(6),  # the third chunk
    a_line(7, amount="banyak"),
    a_line(9),
)
_LINES_AGAIN: Sequence[str] = (
    a_line(5),
    a_line(4),
    a_line(60),
    a_line(1, name=_OTHER),  # somebody else under this NIK: not moved
    a_line(3, phone=""),
    a_line(8),  # the second chunk
    a_line(6),
    a_line(2),
    a_line(7),
    a_line(51),  # another bank's
)
_WAIT = timedelta(hours=3).total_seconds()
_LOOKS = 3
"""The looks of the sweep until it has tried to help."""
_MOST_LOOKS = 40
"""More than it takes until the sweep gives up."""


def people_move_and_the_first_file_goes_on(stage: Stage) -> None:
    """Let a later file take people over, and the first one continue and report after that."""
    _stalled(stage)
    stage.aws.of_interest_from_here()
    stage.upload(AGAIN, _LINES_AGAIN)
    stage.finish()


def people_move_and_the_first_file_is_given_up(stage: Stage) -> None:
    """The same, but the jobs of the first file are always lost."""
    _stalled(stage)
    stage.aws.of_interest_from_here()
    stage.upload(AGAIN, _LINES_AGAIN)
    stage.drive()
    _never_goes_on(stage)
    stage.finish()


def a_file_is_given_up_before_the_next_one(stage: Stage) -> None:
    """Let the first file report what it settled; its people stay, whatever comes later."""
    _stalled(stage)
    notice = _uploaded_again(stage)
    stage.aws.of_interest_from_here()
    _never_goes_on(stage)
    stage.finish()
    stage.put("Intake", *notice)
    stage.finish()


def rows_of_a_file_are_lost(stage: Stage) -> None:
    """Lose the rows of an applied chunk before the report; the next file has these people."""
    stage.upload(FIRST, _LINES)
    stage.serve("intake", "enroll", "notify")
    stage.lose("ReportQueue")
    stage.s3.delete_object(Bucket=stage.cloud.bucket, Key=bucket_keys.rows(_first(stage), 2))
    stage.pass_by(_WAIT)
    notice = _uploaded_again(stage)
    stage.aws.of_interest_from_here()
    stage.finish()
    stage.put("Intake", *notice)
    stage.finish()


def _stalled(stage: Stage) -> None:
    """Apply two chunks of a file, of which one's messages are lost; all else is lost, too."""
    stage.upload(FIRST, _LINES)
    stage.serve("intake")
    stage.lose("ChunkQueue")
    batch = _first(stage)
    _apply(stage, batch, 1)
    stage.serve("notify")
    _apply(stage, batch, 2)
    stage.lose("SmsQueue")
    for _ in range(_LOOKS):
        stage.pass_by(_WAIT)
        stage.sweep()
    stage.lose("ChunkQueue")


def _uploaded_again(stage: Stage) -> list[str]:
    """Upload the later file; return its notification, which comes later."""
    stage.upload(AGAIN, _LINES_AGAIN)
    return stage.take_out("Intake")


def _never_goes_on(stage: Stage) -> None:
    """Lose the jobs of the first file each time, until it is given up."""
    for _ in range(_MOST_LOOKS):
        stage.pass_by(_WAIT)
        stage.sweep()
        if "given_up" in stage.file(FIRST):
            return
        stage.lose("ChunkQueue")
    stage.seen.append("a file that never goes on is not given up")


def _apply(stage: Stage, batch: str, chunk: int) -> None:
    stage.put("Chunk", ChunkJob(batch=batch, chunk=chunk).model_dump_json())
    stage.serve("enroll")


def _first(stage: Stage) -> str:
    return str(stage.file(FIRST)["batch"])
