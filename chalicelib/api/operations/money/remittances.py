"""The steps of a list of premiums: the bank lists and pays, BPJS gives the code and receives."""

import logging
from collections.abc import Callable
from datetime import date

from chalicelib.adapters.ports import (
    Batches,
    Changed,
    Clock,
    Enrollments,
    Objects,
    Outbox,
    Overtaken,
    Remittances,
    Step,
    Taken,
)
from chalicelib.api.audit import Subject
from chalicelib.api.operations import references
from chalicelib.api.operations.money.remittance_requests import (
    BillRequest,
    CancelRequest,
    CutRequest,
    ListRequest,
    PayRequest,
    ReceiveRequest,
    RemittancesQuery,
)
from chalicelib.api.operations.money.remittance_views import (
    RemittancesResponse,
    RemittanceView,
    remittance_view,
)
from chalicelib.api.permissions import Caller
from chalicelib.api.refusals import BadRequest, Conflict, NotAllowed, NotFound
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.file.batch import Batch, BatchStatus
from chalicelib.domain.money import remitting
from chalicelib.domain.money.remittance import (
    MOST_FILES,
    Payment,
    PaymentCode,
    Receipt,
    Remittance,
    is_remittance_id,
    remittance_id,
)
from chalicelib.domain.money.remitting import Actor, Refusal, Result, cut_lines
from chalicelib.domain.money.standing import Cover, Leaf
from chalicelib.domain.person.reference import is_batch_id
from chalicelib.errors import Retry
from chalicelib.kinds.recipients.enrolled import KeptChunks

log = logging.getLogger(__name__)

_A_PAGE = 50
_SAID = {
    Refusal.OTHER_PARTY: "Langkah ini milik lembaga lain.",
    Refusal.WRONG_STATE: "Keadaan daftar ini tidak membolehkan langkah itu. Muat ulang halaman.",
    Refusal.CODE_KNOWN: "Kode iuran itu sudah dipakai. Periksa kodenya.",
    Refusal.CODE_CLOSED: "Kode iuran itu sudah diganti. Pakai kode yang berlaku.",
    Refusal.CODE_UNKNOWN: "Kode iuran itu bukan kode daftar ini.",
    Refusal.CODE_EXPIRED: "Masa berlaku kode iuran sudah lewat. BPJS perlu memberi kode baru.",
    Refusal.REFERENCE_KNOWN: "Nomor referensi itu sudah tercatat: pembayaran dicatat sekali.",
    Refusal.REFERENCE_EMPTY: "Isi nomor dengan huruf dan angka.",
    Refusal.AMOUNT_NOT_POSITIVE: "Jumlah harus lebih dari nol.",
    Refusal.DATE_FUTURE: "Tanggal itu belum tiba.",
    Refusal.DATES_WRONG: "Hari pertama perlindungan tidak boleh sesudah hari terakhirnya.",
    Refusal.DATES_DIFFER: "Tanggal perlindungan berbeda dengan penerimaan sebelumnya.",
    Refusal.TOO_MANY: "Daftar ini sudah mempunyai terlalu banyak catatan.",
}
_CHANGED = ("remittance_changed", "Daftar ini baru saja berubah. Muat ulang, lalu periksa.")


class RemittanceDesk:
    """The steps that one call may take."""

    def __init__(
        self,
        *,
        caller: Caller,
        subject: Subject,
        begin: Callable[[], None],
        remittances: Remittances,
        agreements: Agreements,
        clock: Clock,
    ) -> None:
        """Take who asks, and the ports."""
        self._caller = caller
        self._subject = subject
        self._begin = begin
        self._remittances = remittances
        self._agreements = agreements
        self._now = clock()

    def create(self, request: ListRequest, *, batches: Batches, outbox: Outbox) -> RemittanceView:
        """Begin a list; a job puts the people on it.

        Raises:
            BadRequest: no programme has this code, or a file is none that can be listed.
            Conflict: nothing is due.
        """
        bank = self._caller.bank
        if bank is None:
            raise NotAllowed("not_allowed", _SAID[Refusal.OTHER_PARTY])
        if request.programme not in self._agreements.programmes:
            raise BadRequest("programme_unknown", "Program itu tidak dikenal.")
        files = (
            _due(batches, bank, request.programme)
            if request.files is None
            else [_file(batches, bank, request.programme, each) for each in request.files]
        )
        if not files:
            raise Conflict("nothing_due", "Tidak ada iuran terpotong yang perlu disetor.")
        by = self._caller.username
        new = Remittance(
            id=remittance_id(bank, self._now, by),
            bank=bank,
            programme=request.programme,
            at=self._now,
            by=by,
            files=tuple(dict.fromkeys(files)),
        )
        self._subject.bank, self._subject.file = bank, new.id
        self._begin()
        if not self._remittances.create(new):
            raise Conflict(*_CHANGED)
        try:
            outbox.list_premiums(new.id)
        except Retry as error:
            log.warning("a list is left to the sweep: %s", error)
        return self._view(new)

    def show(self, id_: str) -> RemittanceView:
        """Show a list."""
        return self._view(self._get(id_))

    def bill(self, id_: str, request: BillRequest) -> RemittanceView:
        """Give a list its payment code."""
        of = self._get(id_)
        by = self._caller.username
        code = PaymentCode(request.code, request.bill, 0, request.expires, self._now, by)
        actor = self._actor
        return self._store(of, remitting.bill(of, code, actor, today=self._today(of)))

    def pay(self, id_: str, request: PayRequest) -> RemittanceView:
        """State a payment."""
        of = self._get(id_)
        payment = Payment(
            request.reference,
            request.code,
            request.amount,
            request.day,
            request.channel,
            self._now,
            self._caller.username,
        )
        return self._store(of, remitting.pay(of, payment, self._actor, today=self._today(of)))

    def receive(self, id_: str, request: ReceiveRequest) -> RemittanceView:
        """Confirm a receipt."""
        of = self._get(id_)
        receipt = Receipt(
            request.reference,
            request.code,
            request.amount,
            request.day,
            request.starts,
            request.ends,
            self._now,
            self._caller.username,
        )
        return self._store(of, remitting.receive(of, receipt, self._actor, today=self._today(of)))

    def cancel(self, id_: str, request: CancelRequest) -> RemittanceView:
        """Cancel a list that is not paid: its people are on no list then."""
        of = self._get(id_)
        self._subject.reason = request.reason
        after = remitting.cancel(of, self._actor, now=self._now, reason=request.reason)
        return self._store(of, after)

    def cut(
        self,
        id_: str,
        request: CutRequest,
        *,
        batches: Batches,
        enrollments: Enrollments,
        objects: Objects,
    ) -> RemittanceView:
        """Take people off a paid list; what is left may be complete by that.

        Raises:
            BadRequest: a reference is none of this list.
        """
        of = self._get(id_)
        self._subject.reason = request.reason
        rows = [references.parsed(each) for each in dict.fromkeys(request.references)]
        find = KeptChunks(objects).find
        niks = [
            references.nik_at(*at, caller=self._caller, batches=batches, objects=objects, find=find)
            for at in rows
        ]
        owners = enrollments.owners(of.programme, sorted({nik for nik in niks if nik}))
        people = {}
        for at, nik in zip(rows, niks, strict=True):
            found = owners.get(nik or "")
            if found is None or not found.is_row(*at) or found.remittance != of.id:
                raise BadRequest(
                    "not_on_list", "Salah satu nomor referensi tidak ada di daftar ini."
                )
            people[found.recipient.nik] = found
        self._subject.niks = tuple(people)
        steps = []
        for person in people.values():
            lines = cut_lines(person, now=self._now, by=self._caller.username)
            if not lines:
                raise Conflict(Refusal.WRONG_STATE, _SAID[Refusal.WRONG_STATE])
            steps.append(Step(person, lines[0], tuple(lines[1:])))
        back = [each for each in people.values() if each.cover is Cover.RETURNED]
        stay = [each for each in people.values() if each.cover is not Cover.RETURNED]
        after = self._allowed(
            of,
            remitting.cut(
                of,
                self._actor,
                now=self._now,
                people=len(stay),
                rupiah=sum(each.premium for each in stay),
                returned_people=len(back),
                returned=sum(each.premium for each in back),
            ),
        )
        self._begin()
        if isinstance(self._remittances.cut(of, after, steps), Changed | Overtaken):
            raise Conflict(*_CHANGED)
        return self.show(of.id)

    def _store(self, of: Remittance, result: Result) -> RemittanceView:
        after = self._allowed(of, result)
        self._begin()
        stored = self._remittances.store(of, after)
        if isinstance(stored, Changed):
            raise Conflict(*_CHANGED)
        if isinstance(stored, Taken):
            is_code = len(after.codes) > len(of.codes)
            refusal = Refusal.CODE_KNOWN if is_code else Refusal.REFERENCE_KNOWN
            raise Conflict(refusal.value, _SAID[refusal])
        return self.show(of.id)

    def _allowed(self, of: Remittance, result: Result) -> Remittance:
        self._subject.bank, self._subject.file = of.bank, of.id
        if isinstance(result, Refusal):
            raise Conflict(result.value, _SAID[result])
        return result

    def _get(self, id_: str) -> Remittance:
        of = self._remittances.get(id_) if is_remittance_id(id_) else None
        if of is None or not self._caller.sees(of.bank):
            raise NotFound("no_such_remittance", "Daftar setoran itu tidak ada.")
        return of

    def _view(self, of: Remittance) -> RemittanceView:
        return remittance_view(of, self._caller, self._agreements)

    def _today(self, of: Remittance) -> date:
        return self._agreements.programmes[of.programme].local_day(self._now)

    @property
    def _actor(self) -> Actor:
        return Actor(self._caller.username, self._caller.bank)


def list_remittances(
    query: RemittancesQuery, *, caller: Caller, remittances: Remittances, agreements: Agreements
) -> RemittancesResponse:
    """Return the lists that this caller may see, the latest first."""
    bank = caller.own(query.bank)
    banks = [bank] if bank else [each.code for each in agreements.banks]
    found = [each for code in banks for each in remittances.of_bank(code)]
    if query.state:
        found = [each for each in found if each.state is query.state]
    found.sort(key=lambda each: each.at, reverse=True)
    return RemittancesResponse(
        remittances=[remittance_view(each, caller, agreements) for each in found]
    )


def _file(batches: Batches, bank: str, programme: str, id_: str) -> str:
    batch = batches.get(id_) if is_batch_id(id_) else None
    if batch is None or batch.bank != bank or not _has_people(batch, programme):
        raise BadRequest("file_unknown", "Salah satu berkas itu tidak dapat disetor.")
    return batch.id


def _has_people(batch: Batch, programme: str) -> bool:
    return batch.status is BatchStatus.COMPLETED and batch.programme == programme


def _due(batches: Batches, bank: str, programme: str) -> list[str]:
    """Return the files of a bank with deducted premiums, the latest first."""
    found: list[str] = []
    before = None
    seen: set[str] = set()
    while len(found) < MOST_FILES:
        page = [
            each
            for each in batches.of_bank(bank, before=before, limit=_A_PAGE)
            if each.id not in seen
        ]
        if not page:
            return found
        seen |= {each.id for each in page}
        before = page[-1].received_at
        for each in page:
            if _has_people(each, programme):
                due = batches.moved(each.id).leaves.get(Leaf.TO_REMIT)
                if due and due.people > 0:
                    found.append(each.id)
    return found[:MOST_FILES]
