"""The example answers of the documentation. All people in them are made up."""

from typing import Any

NIK = "7171011708800001"

ENROLLMENT: dict[str, Any] = {
    "nik": "7171********0001",
    "name": "Maria Contoh",
    "phone": "*********890",
    "programme": "sulut-2026",
    "scheme": "BPUM",
    "bank": "002",
    "bank_name": "BRI",
    "batch": "7K3M9QX2",
    "row": 151,
    "reference": "7K3M9QX2-151V",
    "status": "enrolled",
    "phase": "enrolled",
    "protected": False,
    "answer": (
        "Terdaftar lewat BRI 22 November 2026; bank belum melaporkan pemotongan iuran Rp33.600:"
        " belum terlindungi."
    ),
    "known_then": None,
    "starts": "2026-11-22",
    "ends": "2027-02-21",
    "premium": 33_600,
    "aid": 1_200_000,
    "rule": "PP 44/2015 jo. PP 50/2025",
    "enrolled_at": "2026-11-22T02:00:03Z",
    "sms": "failed",
    "sms_at": "2026-11-22T02:01:12Z",
    "sms_reason": "unreachable",
    "sms_explanation": ("Ponsel tidak aktif atau di luar jangkauan. Coba kirim ulang besok."),
    "messages": [
        {
            "kind": "enrolled",
            "about": "SMS konfirmasi",
            "state": "failed",
            "at": "2026-11-22T02:01:12Z",
            "reason": "unreachable",
            "explanation": "Ponsel tidak aktif atau di luar jangkauan. Coba kirim ulang besok.",
        },
    ],
    "timeline": [
        {
            "at": "2026-11-22T02:00:03Z",
            "event": "enrolled",
            "text": "Terdaftar lewat berkas BRI, skema BPUM.",
        },
        {
            "at": "2026-11-22T02:00:41Z",
            "event": "sms_sent",
            "text": "SMS diserahkan kepada operator.",
        },
        {
            "at": "2026-11-22T02:01:12Z",
            "event": "sms_failed",
            "text": (
                "SMS gagal. Ponsel tidak aktif atau di luar jangkauan. Coba kirim ulang besok."
            ),
        },
    ],
    "money": [],
}

SMS = {
    "pending": 4,
    "sent": 10,
    "delivered": 172,
    "failed": 6,
    "unconfirmed": 0,
    "held": 0,
    "unknown": 0,
    "not_possible": 3,
}

MONEY: dict[str, Any] = {
    "expected": {"people": 195, "rupiah": 6_552_000},
    "open": {"people": 20, "rupiah": 672_000},
    "deferred": {"people": 5, "rupiah": 168_000},
    "deducted": {"people": 160, "rupiah": 5_376_000},
    "failed": {"people": 8, "rupiah": 268_800},
    "returned": {"people": 2, "rupiah": 67_200},
    "to_remit": {"people": 160, "rupiah": 5_376_000},
    "remitted": {"people": 0, "rupiah": 0},
    "awaiting": {"people": 0, "rupiah": 0},
    "received": {"people": 0, "rupiah": 0},
    "covered": {"people": 0, "rupiah": 0},
    "refund_due": {"people": 0, "rupiah": 0},
    "refunded": {"people": 0, "rupiah": 0},
    "credit": {"people": 0, "rupiah": 0},
    "not_due": {"people": 0, "rupiah": 0},
}

BATCH: dict[str, Any] = {
    "batch": "7K3M9QX2",
    "file": "20261122T015900Z-9f2c41d7-penerima-november.xlsx",
    "bank": "002",
    "bank_name": "BRI",
    "scheme": "BPUM",
    "programme": "sulut-2026",
    "status": "completed",
    "received_at": "2026-11-22T02:00:00Z",
    "rows": 200,
    "accepted": 195,
    "duplicate": 2,
    "conflict": 1,
    "rejected": 2,
    "nobody": {
        "count": 1,
        "lines": [{"line": 202, "reason": "total", "message": "baris jumlah"}],
    },
    "warnings": 3,
    "erased": 0,
    "corrects": None,
    "corrected_by": ["4QX27K3M"],
    "premium_total": 6_552_000,
    "aid_total": 234_000_000,
    "net_aid_total": 227_448_000,
    "sms": SMS,
    "other_messages": {},
    "errors": [],
    "file_warnings": [],
    "codes": {"duplicate_other_bank": 2, "nik_length": 2, "phone_missing": 3},
    "progress": 1.0,
    "sms_done_by": "2026-11-22T02:05:00Z",
    "sms_paused": False,
    "sms_estimate": {"parts": 192, "cost_usd": "8.64", "left_usd": "491.36"},
    "given_up": False,
    "lost": {"rows": 0, "accepted": 0, "premium_total": 0},
    "money": MONEY,
    "matched": {},
    "breaks": {},
    "reversal": None,
    "stuck": None,
    "for_department": {},
}

REVERSAL: dict[str, Any] = {
    "state": "proposed",
    "explanation": (
        "Pembatalan berkas ini diusulkan. Belum ada yang berubah. Pengguna lain perlu"
        " menyetujuinya; paling sedikit satu dari keduanya petugas dinas."
    ),
    "proposed_at": "2026-11-23T03:00:00Z",
    "proposed_by": "unggah-bri",
    "of_department": False,
    "reason": "Berkas uji terunggah sebagai berkas sebenarnya",
    "decided_at": None,
    "decided_by": None,
    "why": None,
    "people": 0,
    "rupiah": 0,
    "not_due_people": 0,
    "not_due": 0,
    "kept": [],
    "may": ["approve", "drop"],
}

CONFIRMATIONS: dict[str, Any] = {
    "days": 14,
    "overdue": [
        {
            "programme": "sulut-2026",
            "bank": "002",
            "bank_name": "BRI",
            "scheme": "BPUM",
            "since": "2026-11-01",
            "waits": 22,
            "people": 120,
            "rupiah": 4_032_000,
        }
    ],
    "people": 120,
    "rupiah": 4_032_000,
    "reversals": [
        {
            "batch": "4QX27K3M",
            "file": "20261122T015900Z-9f2c41d7-konfirmasi.xlsx",
            "bank": "002",
            "bank_name": "BRI",
            "reversal": REVERSAL,
        }
    ],
}

ROW: dict[str, Any] = {
    "row": 17,
    "disposition": "rejected",
    "findings": [{"code": "nik_length", "message": "NIK harus 16 angka, di sini 15 angka."}],
    "for_department": [],
    "nik": None,
    "name": "Johan Contoh",
    "premium": 0,
    "starts": None,
    "ends": None,
    "reference": None,
    "sms": None,
    "sms_reason": None,
    "sms_explanation": None,
}

FILE = {
    "name": "hasil.xlsx",
    "url": "https://payung.s3.ap-southeast-3.amazonaws.com/results/002/7K3M9QX2/hasil.xlsx?X-Amz-…",
    "expires_at": "2026-11-22T02:15:00Z",
}

_TOTALS_LINE: dict[str, Any] = {
    "key": "002",
    "label": "BRI",
    "accepted": 195,
    "duplicate": 2,
    "conflict": 1,
    "rejected": 2,
    "premium_total": 6_552_000,
    "aid_total": 234_000_000,
    "sms": SMS,
    "other_messages": {},
    "money": MONEY,
}

TOTALS: dict[str, Any] = {
    "programme": "sulut-2026",
    "by": "bank",
    "lines": [_TOTALS_LINE],
    "total": {**_TOTALS_LINE, "key": "total", "label": "Jumlah"},
}

TICKET: dict[str, Any] = {
    "url": "https://payung.s3.ap-southeast-3.amazonaws.com/",
    "fields": {
        "key": "incoming/002/BPUM/20261122T015900Z-9f2c41d7-penerima-november.xlsx",
        "policy": "eyJleHBpcmF0aW9uIjog…",
        "x-amz-signature": "5f1c…",
    },
    "key": "incoming/002/BPUM/20261122T015900Z-9f2c41d7-penerima-november.xlsx",
    "file": "20261122T015900Z-9f2c41d7-penerima-november.xlsx",
    "expires_at": "2026-11-22T02:14:00Z",
    "max_bytes": 209_715_200,
}

GATE: dict[str, Any] = {
    "open": False,
    "why": "paused",
    "explanation": "Pengiriman SMS dihentikan sementara oleh petugas.",
    "until": None,
    "pause": {
        "at": "2026-11-22T03:00:00Z",
        "by": "petugas",
        "reason": "Teks SMS sedang diperiksa",
    },
    "batches": [],
    "waiting": 4120,
    "rate": 20.0,
    "done_by": None,
    "window": {"opens": "08:00", "closes": "20:00", "timezone": "Asia/Makassar"},
    "budget_usd": "500.00",
    "reserved_usd": "8.64",
    "billed_usd": "7.74",
    "nearly_spent": False,
}

ACCESS: dict[str, Any] = {
    "order": "20261122T030000Z-5b1f0c9e",
    "by": "petugas",
    "at": "2026-11-22T03:00:00Z",
    "reason": "Pertanyaan penerima: siapa yang melihat datanya",
    "first": "2026-11-01",
    "last": "2026-11-22",
    "user": None,
    "reference": ENROLLMENT["reference"],
    "progress": "done",
    "lines": 3,
    "explanation": None,
}

ME: dict[str, Any] = {
    "username": "unggah-bri",
    "role": "bank",
    "bank": "002",
    "bank_name": "BRI",
    "may": ["look_up", "list_batches", "show_batch", "list_rows", "download_results", "upload"],
    "second_factor": "optional",
    "programmes": [
        {
            "code": "sulut-2026",
            "name": "Perlindungan Penerima Bantuan Sulawesi Utara 2026",
            "schemes": [{"code": "BPUM", "name": "Bantuan Produktif Usaha Mikro"}],
            "open": True,
        }
    ],
    "banks": [{"code": "002", "name": "BRI"}],
}
