"""Who asked for whose data, when, and why: a file from the audit trail, ordered and fetched later.

An answer has 29 seconds and 6 MB, and the trail of a month is longer: a function writes the file.
"""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field

from chalicelib.adapters import bucket_keys
from chalicelib.adapters.ports import Batches, Clock, Links, Objects, Outbox
from chalicelib.api.audit import Shown, Subject
from chalicelib.api.operations import references
from chalicelib.api.operations.files import LINK_VALID, FilesResponse, ResultFile
from chalicelib.api.operations.listing import Day
from chalicelib.api.operations.model import Reason, RequestModel, View
from chalicelib.api.permissions import Caller
from chalicelib.api.refusals import BadRequest, NotFound
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.cells.nik import mask_nik
from chalicelib.domain.person.personal_numbers import holds_personal_number
from chalicelib.domain.person.query import nik_in
from chalicelib.errors import ObjectMissing
from chalicelib.steps.staff.access_orders import (
    AccessOrder,
    Progress,
    latest,
    read_order,
    state_of,
    write_order,
)

MOST_DAYS = 93
"""Of one file: a quarter of a year with its busiest days takes a function some minutes."""
LISTED = 10
"""Orders in an answer: each costs two reads."""
_GIVEN_UP = timedelta(hours=2)
"""After this an order without an end counts as failed: the tries of its message take 81 minutes."""
_WHY = {
    "too_long": "Masa itu terlalu panjang untuk satu berkas. Minta masa yang lebih pendek.",
    "stopped": "Pembuatan berkas dihentikan pengelola sistem. Minta lagi bila masih perlu.",
    "late": "Berkas tidak selesai dibuat. Minta lagi; bila terulang, hubungi pengelola sistem.",
}


class OrderAccessRequest(RequestModel):
    """The days, both included, in the province's time zone, and why they are asked for.

    `user` limits the file to one user's requests, `reference` to requests about one person, who is
    named by the reference in the SMS or by NIK.
    """

    from_: Day = Field(alias="from")
    to: Day
    user: str | None = Field(None, min_length=1, max_length=128)
    reference: str | None = Field(None, min_length=1, max_length=64)
    reason: Reason


class AccessFileQuery(RequestModel):
    """The order whose file is wanted."""

    order: str = Field(pattern=r"^[0-9TZ]{16}-[0-9a-f]{8}$")


class AccessOrderView(View):
    """An order: who asked what and why, and how far its file is."""

    order: str
    by: str
    at: datetime
    reason: str
    first: date
    last: date
    user: str | None
    reference: str | None = Field(description="how the person was named; a NIK is masked")
    progress: Progress
    lines: int | None = Field(description="the requests in the file; null before it is done")
    explanation: str | None = Field(description="why there is no file, in Indonesian")


class AccessOrdersResponse(View):
    """The latest orders of the department, the latest first."""

    orders: list[AccessOrderView]


def order_access(
    request: OrderAccessRequest,
    *,
    caller: Caller,
    subject: Subject,
    begin: Callable[[], None],
    hash_of: Callable[[str], str],
    batches: Batches,
    objects: Objects,
    outbox: Outbox,
    agreements: Agreements,
    clock: Clock,
) -> AccessOrderView:
    """Order a file; `hash_of` returns the hash of a NIK in the trail.

    Raises:
        BadRequest: the days are in the wrong order, to come or too many; the user has a number of
            a person; the reference is not valid.
        NotFound: no enrollment has this reference.
    """
    subject.reason = request.reason
    now = clock()
    zone = next(iter(agreements.programmes.values())).timezone
    _check_days(request, now.astimezone(zone).date())
    user = _user(request.user)
    whom, nik = _person(request.reference, caller, subject, batches, objects)
    order = AccessOrder(
        id=f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}",
        by=caller.username,
        at=now,
        reason=request.reason,
        since=datetime.combine(request.from_, time(), zone).astimezone(UTC),
        until=datetime.combine(request.to + timedelta(days=1), time(), zone).astimezone(UTC),
        zone=zone.key,
        user=user,
        reference=whom,
        person=nik and hash_of(nik),
    )
    subject.order = order.id
    subject.about = {
        "from": request.from_.isoformat(),
        "to": request.to.isoformat(),
        **({"user": user} if user else {}),
    }
    begin()
    # The order first: a job without its order would have nothing to do.
    write_order(objects, order)
    outbox.access(order.id)
    return _view(order, objects, now)


def list_access(*, objects: Objects, clock: Clock) -> AccessOrdersResponse:
    """Return the latest orders of the department."""
    now = clock()
    return AccessOrdersResponse(
        orders=[_view(each, objects, now) for each in latest(objects, LISTED)]
    )


def show_access_file(
    query: AccessFileQuery, *, subject: Subject, objects: Objects, links: Links, clock: Clock
) -> FilesResponse:
    """Return the link to the file of an order; no file while it is not done.

    Raises:
        NotFound: there is no such order, or no longer.
    """
    subject.order = query.order
    try:
        order = read_order(objects, query.order)
    except ObjectMissing:
        raise NotFound(
            "order_unknown", "Permintaan itu tidak ada, atau sudah dihapus. Buat yang baru."
        ) from None
    state = state_of(objects, order)
    if state.progress is not Progress.DONE:
        return FilesResponse(files=[])
    key, until = bucket_keys.access_file(order.id), clock() + LINK_VALID
    name = f"catatan-akses-{order.id[:8]}.xlsx"
    subject.shown, subject.rows = Shown.MASKED, state.lines
    link = ResultFile(
        name=name, url=links.download(key, name=name, valid=LINK_VALID), expires_at=until
    )
    return FilesResponse(files=[link])


def _check_days(request: OrderAccessRequest, today: date) -> None:
    if request.to < request.from_:
        raise BadRequest("period_reversed", "Tanggal akhir lebih awal daripada tanggal awal.")
    if request.to > today:
        raise BadRequest("day_to_come", "Tanggal itu belum tiba. Pilih hari ini atau hari lalu.")
    if (request.to - request.from_).days >= MOST_DAYS:
        raise BadRequest(
            "period_too_long", f"Paling lama {MOST_DAYS} hari untuk satu berkas. Bagi masanya."
        )


def _user(user: str | None) -> str | None:
    if user is not None and (not user.isprintable() or holds_personal_number(user)):
        raise BadRequest("user_invalid", "Tulis nama pengguna seperti pada waktu masuk.")
    return user.strip() or None if user else None


def _person(
    reference: str | None, caller: Caller, subject: Subject, batches: Batches, objects: Objects
) -> tuple[str | None, str | None]:
    """Return how the person is named, and the NIK; both None if nobody is."""
    if reference is None:
        return None, None
    if nik := nik_in(reference):
        # The trail still knows a person who was erased, so nobody is looked up.
        subject.niks = (nik,)
        return mask_nik(nik), nik
    batch, row = references.parsed(reference)
    subject.batch, subject.reference = batch, f"{batch}-{row}"
    found = references.nik_at(batch, row, caller=caller, batches=batches, objects=objects)
    if found is None:
        raise NotFound(
            "not_enrolled",
            "Tidak ada orang dengan nomor referensi itu. Bila datanya sudah dihapus, tulis"
            " NIK-nya.",
        )
    subject.niks = (found,)
    return reference.strip().upper(), found


def _view(order: AccessOrder, objects: Objects, now: datetime) -> AccessOrderView:
    state = state_of(objects, order)
    why = state.why
    progress = state.progress
    if progress in {Progress.WAITING, Progress.RUNNING} and now - order.at > _GIVEN_UP:
        progress, why = Progress.FAILED, "late"
    zone = ZoneInfo(order.zone)
    return AccessOrderView.model_validate(
        {
            "order": order.id,
            "by": order.by,
            "at": order.at,
            "reason": order.reason,
            "first": order.since.astimezone(zone).date(),
            "last": order.until.astimezone(zone).date() - timedelta(days=1),
            "user": order.user,
            "reference": order.reference,
            "progress": progress,
            "lines": state.lines if progress is Progress.DONE else None,
            "explanation": _WHY.get(why) if why else None,
        }
    )
