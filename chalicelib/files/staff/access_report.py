"""The file about who asked for whose data: a line of the audit trail becomes a row in Indonesian.

The file names no person: the trail has only keyed hashes of NIKs, and these stay in the trail.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from chalicelib.domain.agreements.programme import Agreements

COLUMNS = (
    "Waktu", "Pengguna", "Kelompok", "Tindakan", "Hasil", "Data yang terlihat", "Orang", "Alasan",
    "Nomor referensi", "Berkas", "Bank", "Nomor permintaan",
)  # fmt: skip
ACTIONS: Mapping[str, str] = {
    "look_up": "Mencari penerima",
    "unmask": "Melihat data lengkap",
    "resend": "Mengirim ulang SMS satu orang",
    "list_batches": "Melihat daftar berkas",
    "show_batch": "Melihat berkas",
    "list_rows": "Melihat baris berkas",
    "download_results": "Mengunduh berkas hasil",
    "resend_batch": "Mengirim ulang SMS yang gagal",
    "propose_reversal": "Mengusulkan pembatalan konfirmasi",
    "decide_reversal": "Memutuskan pembatalan konfirmasi",
    "show_confirmations": "Melihat konfirmasi",
    "make_remittance": "Membuat daftar setoran",
    "list_remittances": "Melihat daftar-daftar setoran",
    "show_remittance": "Melihat daftar setoran",
    "bill_remittance": "Mencatat kode bayar",
    "pay_remittance": "Mencatat pembayaran",
    "receive_remittance": "Mencatat penerimaan iuran",
    "cut_remittance": "Mengeluarkan orang dari daftar setoran",
    "cancel_remittance": "Membatalkan daftar setoran",
    "show_totals": "Melihat rekap",
    "export_totals": "Mengunduh rekap",
    "upload": "Mengunggah berkas",
    "show_gate": "Melihat pengiriman SMS",
    "switch_gate": "Menjeda atau melanjutkan SMS",
    "order_outreach": "Membuat daftar kunjungan",
    "download_outreach": "Mengunduh daftar kunjungan",
    "order_access": "Meminta catatan akses",
    "list_access": "Melihat permintaan catatan akses",
    "download_access": "Mengunduh catatan akses",
    "show_me": "Melihat akun sendiri",
    "show_health": "Memeriksa layanan",
    "show_api": "Melihat dokumentasi API",
    "set_aside": "Menghentikan pesan yang gagal",
}
"""The actions in the trail, in Indonesian. One without a name here is shown as it is."""
_OUTCOMES = {
    "ok": "dijawab",
    "begun": "dimulai",
    "shown": "orang-orang dalam jawaban",
    "internal": "gangguan sistem",
}
_SEEN = {"nothing": "tidak ada", "masked": "disamarkan", "full": "lengkap"}
_GROUPS = {"dinas": "Dinas Koperasi", "bpjs": "BPJS Ketenagakerjaan"}


class AccessCells(NamedTuple):
    """One line of the trail, in the order of `COLUMNS`."""

    at: str
    who: str
    groups: str
    action: str
    outcome: str
    seen: str
    people: str
    reason: str
    reference: str
    batch: str
    bank: str
    request: str


def cells_of(line: Mapping[str, Any], agreements: Agreements, zone: ZoneInfo) -> AccessCells:
    """Return the row of a line; its time is that of `zone`."""
    at = datetime.fromisoformat(line["at"]).astimezone(zone)
    outcome, action = _text(line, "outcome"), _text(line, "action")
    seen = _text(line, "shown")
    people = line.get("rows")
    return AccessCells(
        at=at.strftime("%d-%m-%Y %H.%M.%S"),
        who=_text(line, "who"),
        groups=", ".join(_group(each, agreements) for each in line.get("groups", ())),
        action=ACTIONS.get(action, action),
        outcome=_OUTCOMES.get(outcome, f"ditolak ({outcome})"),
        seen=_SEEN.get(seen, seen),
        people=str(len(line.get("nik_hash", ())) if people is None else people),
        reason=_text(line, "reason"),
        reference=_text(line, "reference"),
        batch=_text(line, "batch"),
        bank=_bank(_text(line, "bank"), agreements),
        request=_text(line, "request_id"),
    )


def _text(line: Mapping[str, Any], name: str) -> str:
    value = line.get(name)
    return value if isinstance(value, str) else ""


def _group(group: str, agreements: Agreements) -> str:
    _, is_bank, code = group.partition("bank-")
    return f"Bank {_bank(code, agreements)}" if is_bank else _GROUPS.get(group, group)


def _bank(code: str, agreements: Agreements) -> str:
    bank = agreements.bank(code) if code else None
    return bank.name if bank else code
