"""The deployed package, driven from outside: banks upload, staff ask, carriers answer.

Each test needs what its fixture has brought about, so they run in any order.
"""

import csv
import io
import json
import time
import uuid
from dataclasses import dataclass
from itertools import count
from typing import Any

import boto3
import pytest

from local.deploy import REGION, ROOT
from tests.ministack.deployment import Deployment, User
from tests.ministack.emulator import ACCOUNT, get
from tests.support.delivery_logs import a_failure, a_line

pytestmark = pytest.mark.slow

PEOPLE = 12
LATER = 3
_HEADER, *_LINES = (ROOT / "samples" / "bpum-bersih.csv").read_text("utf-8").splitlines()
_WORKBOOK = ROOT / "samples" / "kur-judul-total.xlsx"
_GROUP = f"sns/{REGION}/{ACCOUNT}/DirectPublishToPhoneNumber"
_OFF = "Phone is currently unreachable/unavailable"
BRI, BSG = "002", "127"
_NUMBERS = count(1)
"""Of the files. A random name may look as if it had somebody's NIK, and is shown masked then."""


def recipients(first: int, many: int) -> bytes:
    """Return a file of people of the sample, from the one at this place."""
    return "\n".join([_HEADER, *_LINES[first : first + many], ""]).encode()


def niks(first: int, many: int) -> list[str]:
    return [line.split(",")[1] for line in _LINES[first : first + many]]


@dataclass
class World:
    """The deployment and everybody who uses it."""

    at: Deployment
    ani: User
    bri: User
    bris_computer: boto3.Session
    bsgs_computer: boto3.Session

    @property
    def bucket(self) -> str:
        return self.at.made["UploadsBucket"]

    def hand_in(self, computer: boto3.Session, folder: str, content: bytes) -> dict[str, Any]:
        """Let a bank's own computer upload a file; wait until it is finished; return its view."""
        name = f"penerima-{next(_NUMBERS)}.csv"
        s3 = computer.client("s3")
        s3.put_object(Bucket=self.bucket, Key=f"incoming/{folder}/{name}", Body=content)
        return self.finished(name)

    def finished(self, name: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            for each in self.ani.asks("/batches")["batches"]:
                if each["file"] == name and each["status"] in {"completed", "refused"}:
                    found: dict[str, Any] = each
                    return found
            return None

        return self.at.until(look, f"the end of {name}")

    def batch(self, batch: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ani.asks(f"/batches/{batch}")
        return found

    def sent(self, batch: str, count: int) -> dict[str, Any]:
        """Wait until so many messages of a file are sent; return its view."""

        def look() -> dict[str, Any] | None:
            seen = self.batch(batch)
            return seen if seen["sms"]["sent"] >= count else None

        return self.at.until(look, f"{count} messages of {batch}")

    def results(self, computer: boto3.Session, bank: str, batch: str, name: str) -> bytes:
        """Let a bank's own computer fetch a result file."""
        s3 = computer.client("s3")
        prefix = f"results/{bank}/"
        listed = s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix).get("Contents", [])
        (key,) = (
            each["Key"] for each in listed if batch in each["Key"] and each["Key"].endswith(name)
        )
        body: bytes = s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return body

    def carrier_says(self, *lines: str, failed: bool = False) -> None:
        """Write lines into the log group in which SNS reports on messages."""
        logs = self.at.session.client("logs")
        group = f"{_GROUP}/Failure" if failed else _GROUP
        stream = uuid.uuid4().hex
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        now = int(time.time() * 1000)
        logs.put_log_events(
            logGroupName=group,
            logStreamName=stream,
            logEvents=[{"timestamp": now, "message": line} for line in lines],
        )


@pytest.fixture(scope="module")
def world(deployed: Deployment) -> World:
    return World(
        deployed,
        deployed.user("ani", "dinas"),
        deployed.user("bri", f"bank-{BRI}"),
        deployed.banks_computer(BRI),
        deployed.banks_computer(BSG),
    )


@pytest.fixture(scope="module")
def first(world: World) -> dict[str, Any]:
    """Give the first file after all its messages went out."""
    file = world.hand_in(world.bris_computer, f"{BRI}/BPUM", recipients(0, PEOPLE))
    assert (file["rows"], file["accepted"]) == (PEOPLE, PEOPLE), file
    return world.sent(file["batch"], PEOPLE)


def test_the_page_is_public_and_nothing_else(world: World) -> None:
    status, page = world.at.call("/")
    assert (status, "<html" in page) == (200, True)
    for path in ("/batches", "/me", "/openapi.json"):
        assert world.at.call(path)[0] == 401, path
    assert world.ani.asks("/me")["role"] == "dinas"


def test_a_banks_computer_comes_no_further_than_its_own_folders(world: World) -> None:
    s3 = world.bris_computer.client("s3")
    for call in (
        lambda: s3.put_object(Bucket=world.bucket, Key=f"incoming/{BSG}/BPUM/a.csv", Body=b"a"),
        lambda: s3.put_object(Bucket=world.bucket, Key=f"results/{BRI}/a.csv", Body=b"a"),
        lambda: s3.list_objects_v2(Bucket=world.bucket, Prefix=f"results/{BSG}/"),
        lambda: world.bris_computer.client("dynamodb").scan(
            TableName=world.at.made["EnrollmentsTable"]
        ),
    ):
        with pytest.raises(Exception, match="not authorized"):
            call()


def test_a_file_goes_its_whole_way(world: World, first: dict[str, Any]) -> None:
    assert first["sms"]["sent"] == PEOPLE
    assert len({each["MessageId"] for each in world.at.sms()}) >= PEOPLE
    rows = _table(world.results(world.bris_computer, BRI, first["batch"], "hasil.csv"))
    assert [each["payung_status"] for each in rows] == ["diterima"] * PEOPLE
    assert sum(int(each["payung_iuran"]) for each in rows) == first["premium_total"]
    answer = world.ani.asks("/enrollments/lookup", {"nik": niks(0, 1)[0]})
    assert answer["enrollments"][0]["bank"] == BRI
    assert answer["protected"] is False  # nothing is deducted yet


def _table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_workbook_comes_through_the_page(world: World) -> None:
    content = _WORKBOOK.read_bytes()
    ticket = world.bri.asks(
        "/uploads", {"scheme": "KUR", "file_name": _WORKBOOK.name, "size": len(content)}
    )
    boundary = uuid.uuid4().hex
    status, _, refusal = get(
        ticket["url"],
        {"Content-Type": f"multipart/form-data; boundary={boundary}"},
        _form(boundary, ticket["fields"], content),
    )
    assert status in {200, 201, 204}, refusal
    file = world.finished(ticket["file"])
    assert file["status"] == "completed"
    assert file["accepted"] > 0
    assert file["rows"] == sum(
        file[each] for each in ("accepted", "duplicate", "conflict", "rejected")
    )


def _form(boundary: str, fields: dict[str, str], content: bytes) -> bytes:
    lines = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    file = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    return "".join([*lines, file]).encode() + content + f"\r\n--{boundary}--\r\n".encode()


def test_another_bank_gets_nothing_to_deduct(world: World, first: dict[str, Any]) -> None:
    file = world.hand_in(world.bsgs_computer, f"{BSG}/BPUM", recipients(0, PEOPLE))
    assert (file["accepted"], file["duplicate"]) == (0, PEOPLE)
    assert file["premium_total"] == 0
    content = world.results(world.bsgs_computer, BSG, file["batch"], "hasil.csv")
    assert BRI not in {each["payung_referensi"][:3] for each in _table(content)}
    assert {each["payung_status"] for each in _table(content)} == {"duplikat"}
    assert b"BRI" not in content
    assert world.batch(first["batch"])["accepted"] == PEOPLE


@pytest.fixture(scope="module")
def confirmed(world: World, first: dict[str, Any]) -> list[dict[str, str]]:
    """Give the rows of the first file's results after the bank has said that it deducted each."""
    rows = _table(world.results(world.bris_computer, BRI, first["batch"], "hasil.csv"))
    written = io.StringIO()
    to_write = csv.writer(written)
    to_write.writerow(["payung_referensi", "NIK", "payung_iuran", "Status Potong"])
    for each in rows:
        cells = each["payung_referensi"], each["NIK"], each["payung_iuran"], "dipotong"
        to_write.writerow(cells)
    content = written.getvalue().encode()
    file = world.hand_in(world.bris_computer, f"{BRI}/KONFIRMASI", content)
    assert (file["rows"], file["accepted"]) == (PEOPLE, PEOPLE), file
    return rows


def test_what_the_bank_has_deducted_is_known(world: World, confirmed: list[dict[str, str]]) -> None:
    for each in (confirmed[0], confirmed[-1]):
        answer = world.ani.asks("/enrollments/lookup", {"nik": each["NIK"]})
        assert answer["enrollments"][0]["status"] == "deducted"


def lose_one(world: World, place: int) -> tuple[str, str]:
    """Hand in a file of people from this place on; let the carriers lose one of their messages.

    Return the file's id and that person's phone.
    """
    file = world.hand_in(world.bris_computer, f"{BRI}/BPUM", recipients(place, LATER))
    world.sent(file["batch"], LATER)
    phones = {_phone(line) for line in _LINES[place : place + LATER]}
    lost, *arrived = [each for each in world.at.sms() if each["PhoneNumber"][3:] in phones]
    assert len(arrived) == LATER - 1
    world.carrier_says(
        *(a_line(one["MessageId"], destination=one["PhoneNumber"]) for one in arrived)
    )
    world.carrier_says(a_failure(lost["MessageId"], _OFF), failed=True)

    def is_reported() -> bool:
        sms = world.batch(file["batch"])["sms"]
        return (sms["delivered"], sms["failed"]) == (LATER - 1, 1)

    world.at.until(is_reported, "the carriers' receipts")
    return file["batch"], lost["PhoneNumber"]


def _phone(line: str) -> str:
    return line.split(",")[-2].lstrip("0")


def test_receipts_give_messages_their_end_and_a_resend_sends_one_more(world: World) -> None:
    batch, phone = lose_one(world, PEOPLE)
    before = _sent_to(world, phone)
    answer = world.ani.asks(f"/batches/{batch}/resend", {"reason": "the phone is on again"})
    assert answer["people"] == 1
    world.at.until(lambda: _sent_to(world, phone) == before + 1, "the second message")


def _sent_to(world: World, phone: str) -> int:
    return sum(each["PhoneNumber"] == phone for each in world.at.sms())


def test_people_whom_no_message_reaches_come_on_a_list(
    world: World, confirmed: list[dict[str, str]]
) -> None:
    _, phone = lose_one(world, 140)
    (name,) = (each.split(",")[3] for each in _LINES[140:143] if _phone(each) == phone[3:])
    world.ani.asks("/outreach", {"bank": BRI})
    query = f"/outreach?bank={BRI}&reason=a+visit+to+them"

    def look() -> list[bytes]:
        return [get(each["url"])[2] for each in world.ani.asks(query)["files"]]

    lists = world.at.until(look, "the lists of people to reach")
    assert sum(name.encode() in each for each in lists) == 1


def test_messages_wait_while_sending_is_paused(world: World, first: dict[str, Any]) -> None:
    reason = "the sender's name is looked at"
    world.ani.asks("/sms/gate", {"action": "pause", "reason": reason})
    try:
        before = len(world.at.sms())
        file = world.hand_in(world.bris_computer, f"{BRI}/BPUM", recipients(100, LATER))
        assert file["accepted"] == LATER
        time.sleep(5)
        assert world.batch(file["batch"])["sms"]["sent"] == 0
        assert len(world.at.sms()) == before
    finally:
        world.ani.asks("/sms/gate", {"action": "resume", "reason": reason})
    assert world.sent(file["batch"], LATER)["sms"]["sent"] == LATER


def test_an_erased_person_is_found_nowhere(world: World) -> None:
    file = world.hand_in(world.bris_computer, f"{BRI}/BPUM", recipients(120, LATER))
    world.sent(file["batch"], LATER)
    (nik, *_), name = niks(120, 1), _LINES[120].split(",")[3]
    request = {"nik": nik, "by": "a test", "reason": "a letter", "also_in": []}
    answer = world.at.session.client("lambda").invoke(
        FunctionName=world.at.made["Erase"], Payload=json.dumps(request).encode()
    )
    assert "FunctionError" not in answer, answer["Payload"].read()
    status, refusal = world.at.call("/enrollments/lookup", world.ani.token(), {"nik": nik})
    assert (status, refusal["error"]["code"]) == (404, "not_enrolled")
    content = world.results(world.bris_computer, BRI, file["batch"], "hasil.csv").decode()
    assert nik not in content
    assert name not in content


def test_every_message_is_worked_off_and_no_log_names_anybody(
    world: World, first: dict[str, Any]
) -> None:
    logged = world.at.logs()
    assert logged
    for line in _LINES[:PEOPLE]:
        _, nik, _, name, *_ = line.split(",")
        assert nik not in logged
        assert name not in logged
    sqs = world.at.session.client("sqs")
    for name, url in world.at.made.items():
        if name.endswith("DeadLetters"):
            found = sqs.get_queue_attributes(
                QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
            )["Attributes"]
            assert found["ApproximateNumberOfMessages"] == "0", name
